"""For whoever writes a connector: a package to begin with, and a trial of a source that writes nothing."""

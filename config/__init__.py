"""The settings of a home: their schema, their defaults and a commented example."""

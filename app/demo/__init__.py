"""A small made-up bike shop with all that its customers wrote, said and bought, for `demo` and for the tests."""

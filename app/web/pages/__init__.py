"""The pages, one module each: a page asks the queries, makes a few structs that are ready to be shown, and renders them."""

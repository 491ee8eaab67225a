"""A gallery: the shell around made-up screens that use every widget, for looking at and for the tests."""

"""Nothing here is collected with the tests; a file that is named on the command line still is."""

collect_ignore_glob = ["*.py"]

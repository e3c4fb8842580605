"""Documents by Typst: PDF/A with the fonts that come as a package, each in a process of its own."""

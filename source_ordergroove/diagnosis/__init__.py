"""What works and what does not: the facts behind `check` and `source-ordergroove doctor`."""

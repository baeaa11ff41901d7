"""Pure rules: no I/O and no CDK; records, pages and times in, decisions out."""

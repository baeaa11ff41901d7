"""One file a peer: what somebody who knows the tool would write to read the same tables."""

"""Everything on one machine: starts the stack, plays the first story, ends what it started."""

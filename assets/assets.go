package assets

// Script is replaced by the real one.
func Script() string { return "RUNTIME" }

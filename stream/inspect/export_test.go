package inspect

// Watching returns how many pages are watching.
func (in *Inspector) Watching() int64 { return in.watchers.count.Load() }

var Element = element

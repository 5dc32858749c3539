package inspect

// Watching returns how many pages look on.
func (in *Inspector) Watching() int64 { return in.watchers.count.Load() }

var Element = element

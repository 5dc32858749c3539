package board

import (
	"context"
)

// A book is what the instances of the demo have in common besides the events: the
// guests, and what each of them counts.
type book interface {
	// guests is the list. It is not to be changed.
	guests(context.Context) (list, error)
	// sign commits a guest. Whoever is not there after an error may still come.
	sign(context.Context, Guest) error
	// told notes that pages have been told of the guests up to a number.
	told(ctx context.Context, number int) error
	// exchange tells what this instance counts and returns what each does.
	exchange(context.Context, Report) ([]Report, error)
	// leave takes back what this instance counts.
	leave() error
}

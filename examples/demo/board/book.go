package board

import (
	"context"
)

// A book is the state that the instances of the demo share besides the events:
// the guests, and the reports of all instances.
type book interface {
	// guests returns the list, which must not be changed.
	guests(context.Context) (list, error)
	// sign commits a guest. After an error, the guest may still appear.
	sign(context.Context, Guest) error
	// told records that pages have received the guests up to a number.
	told(ctx context.Context, number int) error
	// exchange stores the report of this instance and returns the reports of all.
	exchange(context.Context, Report) ([]Report, error)
	// leave removes the report of this instance.
	leave() error
}

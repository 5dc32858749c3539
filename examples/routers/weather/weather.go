// Package weather is the page that the programs of the other folders serve, each
// with another router.
package weather

import (
	"context"
	"time"
)

// Now stands for whatever takes a while: a query, another server.
func Now(ctx context.Context) (string, error) {
	select {
	case <-time.After(2 * time.Second):
		return "sunny, 21 °C", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

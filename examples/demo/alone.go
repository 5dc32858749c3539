//go:build !nats

package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/rivulet-go/rivulet/examples/demo/board"
)

// openBoard opens the board of this program, which keeps its guests below dir.
// leave does nothing. A build without the tag nats refuses the URL of a NATS
// server. It contains neither client nor server, which would be a quarter of the
// time of the first build.
func openBoard(_ context.Context, url, dir string) (b *board.Board, leave func(), err error) {
	if url != "" {
		return nil, nil, fmt.Errorf("built without NATS; with it: go -C examples run -tags nats ./demo -nats %s", url)
	}
	b, err = board.Open(filepath.Join(dir, "guests.json"))
	return b, func() {}, err
}

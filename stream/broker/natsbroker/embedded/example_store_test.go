package embedded_test

import (
	"context"
	"fmt"
	"os"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// A program that is a single file keeps its events in a folder beside it.
func ExampleStart_store() {
	run := func(ctx context.Context) error {
		server, err := embedded.Start(embedded.Options{Dir: "events"})
		if err != nil {
			return err
		}
		defer server.Close()
		store, err := natsbroker.Open(ctx, natsbroker.Options{Server: server})
		if err != nil {
			return err
		}
		defer store.Close()
		return nil
	}
	defer os.RemoveAll("events") // an example leaves nothing
	fmt.Println(run(context.Background()))
	// Output: <nil>
}

package embedded_test

import (
	"fmt"
	"strings"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// Other processes of this machine connect to the URL of the server.
func ExampleStart() {
	server, err := embedded.Start(embedded.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	fmt.Println(strings.HasPrefix(server.URL(), "nats://127.0.0.1:"))
	// Output: true
}

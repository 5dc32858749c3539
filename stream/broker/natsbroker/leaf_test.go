package natsbroker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

// Processes of one place share a leaf node, which keeps nothing. The leaf node has
// one connection to the server that keeps the events. It is killed under load and
// started again.
func TestNothingIsLostBehindALeafNode(t *testing.T) {
	t.Parallel()
	hub, leaves, leaf := freeAddr(t), freeAddr(t), freeAddr(t)
	conf := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name+".conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	startChild(t, "server", conf("hub", fmt.Sprintf("server_name: hub\nlisten: %q\njetstream { domain: hub, store_dir: %q }\nleafnodes { listen: %q }\n", hub, t.TempDir(), leaves)))
	file := conf("leaf", fmt.Sprintf("server_name: leaf\nlisten: %q\ndefault_js_domain { \"$G\": hub }\nleafnodes { reconnect: 1, remotes: [ { url: \"nats-leaf://%s\" } ] }\n", leaf, leaves))
	child := startChild(t, "server", file)
	far := natsbroker.Options{URL: "nats://" + leaf, Stream: "LEAF", Bytes: 256 << 20, Heartbeat: 200 * time.Millisecond}
	near := far
	near.URL = "nats://" + hub
	l := newLoad(t, join(t, near), join(t, far), join(t, far))
	l.more(200)
	kill(child)
	l.more(5)
	startChild(t, "server", file)
	l.more(200)
	l.end()
}

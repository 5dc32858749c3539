package natsbroker_test

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A cluster is three NATS servers with the same data.
type cluster struct {
	t       *testing.T
	o       [3]server.Options
	servers [3]*server.Server
}

// newCluster starts a cluster that ends with the test.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t}
	var routes []*url.URL
	for i := range c.o {
		port := freePort(t)
		c.o[i] = server.Options{ServerName: fmt.Sprint("n", i), Port: freePort(t), StoreDir: t.TempDir(), NoAuthUser: "operator"}
		c.o[i].Users = []*server.User{{Username: "operator"}, {Username: "board", Password: secret, Permissions: may(
			"rolling.*", "$JS.API.STREAM.INFO.ROLLING", "$JS.API.STREAM.CREATE.ROLLING", "$JS.API.CONSUMER.CREATE.ROLLING.>",
			"$JS.API.CONSUMER.INFO.ROLLING.*", "$JS.FC.ROLLING.>")}}
		c.o[i].Cluster = server.ClusterOpts{Name: "three", Host: "127.0.0.1", Port: port, NoAdvertise: true}
		routes = append(routes, &url.URL{Scheme: "nats", Host: "127.0.0.1:" + strconv.Itoa(port)})
	}
	var all sync.WaitGroup
	for i := range c.o {
		c.o[i].Routes = routes
		all.Go(func() { c.start(i) })
	}
	all.Wait()
	if t.Failed() { // one has not started
		t.FailNow()
	}
	c.healthy()
	return c
}

// start starts a server that is down, with what it had kept.
func (c *cluster) start(i int) {
	o := c.o[i]
	c.servers[i] = startServer(c.t, &o)
}

// healthy waits until all servers have all that the cluster has.
func (c *cluster) healthy(streams ...string) {
	c.t.Helper()
	until(c.t, "a healthy cluster", func() bool {
		leader := false
		for _, s := range c.servers {
			if !s.JetStreamIsCurrent() {
				return false
			}
			for _, stream := range streams {
				if !s.JetStreamIsStreamCurrent(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
					return false
				}
			}
			leader = leader || len(s.JetStreamClusterPeers()) == len(c.servers)
		}
		return leader
	})
}

// leader returns the server that leads a stream, or -1.
func (c *cluster) leader(stream string) int {
	for i, s := range c.servers {
		if s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
			return i
		}
	}
	return -1
}

func (c *cluster) url() string {
	var all []string
	for _, s := range c.servers {
		all = append(all, "nats://"+s.Addr().String())
	}
	return strings.Join(all, ",")
}

// operate returns a connection that goes to another server when one is away.
func (c *cluster) operate() (*nats.Conn, jetstream.JetStream) {
	c.t.Helper()
	conn, err := nats.Connect(c.url(), nats.ReconnectWait(10*time.Millisecond))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		c.t.Fatal(err)
	}
	return conn, js
}

func (c *cluster) options(stream string) natsbroker.Options {
	return natsbroker.Options{URL: c.url(), Stream: stream, Replicas: 3, Bytes: 256 << 20,
		Heartbeat: 200 * time.Millisecond, Retain: broker.Retention{Count: 100_000, Bytes: 64 << 20}}
}

// optionsOfEach returns the options of three processes, each of which stays at another
// server.
func (c *cluster) optionsOfEach(stream string) (all []natsbroker.Options) {
	for _, s := range c.servers {
		o := c.options(stream)
		o.URL = "nats://" + s.Addr().String()
		o.Connect = []nats.Option{nats.IgnoreDiscoveredServers()}
		all = append(all, o)
	}
	return all
}

// stepDown has another server lead a stream.
func (c *cluster) stepDown(stream string) {
	c.t.Helper()
	conn, _ := c.operate()
	if _, err := conn.Request("$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil, patience); err != nil {
		c.t.Fatal(err)
	}
}

// A topic is followed while a server that was away fetches the events that it has
// missed. A consumer may be created on that server, although another leads the
// stream.
func TestAConsumerOnAServerThatIsBehindMissesNothing(t *testing.T) {
	c := newCluster(t)
	b := newNode(t, c.options("LAG"))
	start, err := b.Topic("news").Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, js := c.operate()
	down := (c.leader("LAG") + 1) % len(c.servers)
	stopServer(c.servers[down])
	for noise := 0; noise < 800; { // more than is fetched in no time, before what is asked for
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if _, err := js.Publish(ctx, "lag.noise", make([]byte, 64<<10)); err == nil {
			noise++
		}
		cancel()
	}
	const events = 20
	for range events {
		publish(t, b, "news", "x")
	}
	c.start(down)
	for round := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		came := 0
		for _, err := range b.Topic("news").Subscribe(ctx, start) {
			if err != nil {
				t.Errorf("round %d: Subscribe() = %v after %d events, want %d", round, err, came, events)
			}
			if came++; came == events || err != nil {
				break
			}
		}
		cancel()
		if t.Failed() {
			return
		}
	}
}

// A topic is read although other topics have later events.
func TestInAClusterAQuietTopicIsRead(t *testing.T) {
	c := newCluster(t)
	b := newNode(t, c.options("QUIET"))
	for round := range 5 {
		topic := fmt.Sprint("quiet-", round)
		start, err := b.Topic(topic).Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		publish(t, b, topic, "x")
		publish(t, b, "loud", "y")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		for e, err := range b.Topic(topic).Subscribe(ctx, start) {
			if err != nil || e.Data != "x" {
				t.Errorf("event = %q, %v, want x", e.Data, err)
			}
			break
		}
		cancel()
	}
}

// Positions are requested from one server, and events are published on another,
// while the leader of the stream changes.
func TestInAClusterLastCountsAllThatIsAcknowledged(t *testing.T) {
	c := newCluster(t)
	var stores []*natsbroker.Store
	for _, o := range c.optionsOfEach("LAST") {
		stores = append(stores, open(t, o))
	}
	for round := range 60 {
		if round%30 == 20 {
			c.stepDown("LAST")
		}
		before, err := stores[round%3].Last(t.Context())
		if err != nil {
			t.Fatalf("Last() = %v, want nil", err)
		}
		added, err := stores[(round+1)%3].Append(t.Context(), "news", sse.Event{Data: "x"})
		if err != nil {
			t.Fatalf("Append() = %v, want nil", err)
		}
		after, err := stores[(round+2)%3].Last(t.Context())
		if err != nil {
			t.Fatalf("Last() = %v, want nil", err)
		}
		if added.Number <= before.Number || after.Number < added.Number || before.Life != added.Life || after.Life != added.Life {
			t.Fatalf("%+v was the last, then %+v was added, then %+v was the last", before, added, after)
		}
	}
}

// The server that leads the stream is stopped under load. When it is back, the new
// leader is stopped.
func TestNothingIsLostWhenServersOfAClusterStop(t *testing.T) {
	c := newCluster(t)
	o := c.options("ROLLING")
	o.Connect = []nats.Option{nats.UserInfo("board", secret)} // who may do no more than is needed
	l := newLoad(t, join(t, o), join(t, o))
	for range 2 {
		l.more(200)
		until(t, "a leader", func() bool { return c.leader("ROLLING") >= 0 })
		down := c.leader("ROLLING")
		stopServer(c.servers[down])
		l.more(200)
		c.start(down)
		c.healthy("ROLLING")
	}
	l.more(200)
	l.end()
}

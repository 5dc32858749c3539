package natsbroker_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

// A fleet is a cluster of three NATS servers as in production: each is a process of
// its own. They speak TLS with each other and with clients, and all need a
// certificate. Users have a file of credentials. The connections between two
// servers go through gates.
type fleet struct {
	t       *testing.T
	conf    [3]string // the files
	servers [3]*exec.Cmd
	gates   [3][3]*gate // from one to another
	urls    [3]string   // of clients
	options natsbroker.Options
}

func newFleet(t *testing.T, stream string) *fleet {
	t.Helper()
	f := &fleet{t: t}
	dir := t.TempDir()
	ca := newAuthority(t)
	cert, key := writePair(t, ca, dir, "server")
	clientCert, clientKey := writePair(t, ca, dir, "client")
	users, creds := newUsers(t, dir)
	var clients, routes [3]string
	for i := range f.conf {
		clients[i], routes[i] = freeAddr(t), freeAddr(t)
		f.urls[i] = "tls://" + clients[i]
	}
	secure := fmt.Sprintf("tls { cert_file: %q, key_file: %q, ca_file: %q, verify: true, timeout: 10 }\n", cert, key, ca.file)
	for i := range f.conf {
		var others []string
		for j := range f.conf {
			if i != j {
				f.gates[i][j] = newGate(t, routes[j])
				others = append(others, fmt.Sprintf("%q", "nats://"+f.gates[i][j].Addr().String()))
			}
		}
		f.conf[i] = filepath.Join(dir, fmt.Sprintf("n%d.conf", i))
		text := fmt.Sprintf("server_name: n%d\nlisten: %q\njetstream { store_dir: %q }\n", i, clients[i], filepath.Join(dir, fmt.Sprint("data", i))) +
			secure + users +
			fmt.Sprintf("cluster {\nname: three\nlisten: %q\nno_advertise: true\npool_size: -1\nroutes: [%s]\n%s}\n", routes[i], strings.Join(others, ", "), secure)
		if err := os.WriteFile(f.conf[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f.start(i)
	}
	f.options = natsbroker.Options{
		URL: strings.Join(f.urls[:], ","), Stream: stream, Replicas: 3, Bytes: 256 << 20,
		Heartbeat: 200 * time.Millisecond, Retain: broker.Retention{Count: 100_000, Bytes: 64 << 20},
		Connect: []nats.Option{nats.UserCredentials(creds), nats.RootCAs(ca.file), nats.ClientCert(clientCert, clientKey)},
	}
	until(t, "servers that know one another", func() bool {
		l, err := natsbroker.Open(t.Context(), f.options)
		if err == nil {
			_ = l.Close()
		}
		return err == nil || !strings.Contains(err.Error(), "no suitable peers")
	})
	return f
}

// start starts a server that is down, with what it had kept.
func (f *fleet) start(i int) { f.servers[i] = startChild(f.t, "server", f.conf[i]) }

// cut cuts a server off from the others, or lets it back. Clients still reach it.
func (f *fleet) cut(i int, off bool) {
	for j := range f.servers {
		if i != j {
			f.gates[i][j].shut(off)
			f.gates[j][i].shut(off)
		}
	}
}

// state returns what the leader of the stream says of the cluster. It asks anew, so
// that it does not depend on one server.
func (f *fleet) state() *jetstream.ClusterInfo {
	conn, err := nats.Connect(f.options.URL, f.options.Connect...)
	if err != nil {
		return nil
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Second)
	defer cancel()
	s, err := js.Stream(ctx, f.options.Stream)
	if err != nil {
		return nil
	}
	return s.CachedInfo().Cluster
}

// leader returns the number of the server that leads the stream.
func (f *fleet) leader() (n int) {
	f.t.Helper()
	until(f.t, "a leader", func() bool {
		c := f.state()
		if c == nil {
			return false
		}
		_, err := fmt.Sscanf(c.Leader, "n%d", &n)
		return err == nil
	})
	return n
}

// healthy waits until all servers have all events.
func (f *fleet) healthy() {
	f.t.Helper()
	until(f.t, "a healthy cluster", func() bool {
		c := f.state()
		if c == nil || c.Leader == "" || len(c.Replicas) != 2 {
			return false
		}
		for _, r := range c.Replicas {
			if !r.Current || r.Offline {
				return false
			}
		}
		return true
	})
}

// The server that leads the stream is killed under load, and started again. Then
// the next one is killed.
func TestNothingIsLostWhenServersOfAClusterAreKilled(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "KILLED")
	l := newLoad(t, join(t, f.options), join(t, f.options))
	l.more(200)
	down := f.leader()
	kill(f.servers[down])
	l.more(200)
	f.start(down)
	f.healthy()
	kill(f.servers[f.leader()])
	l.more(200)
	l.end()
}

// The server that leads the stream is cut off from the others under load. One
// process is connected to that server only.
func TestNothingIsLostWhenAServerOfAClusterIsCutOff(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "CUTOFF")
	first := join(t, f.options)
	alone := f.leader()
	o := f.options
	o.URL = f.urls[alone]
	f.options.URL = f.urls[(alone+1)%3] // asked from now on
	l := newLoad(t, first, join(t, o))
	l.more(200)
	f.healthy()
	f.cut(alone, true)
	failures := l.failures.Load()
	until(t, "another leader", func() bool {
		c := f.state()
		return c != nil && c.Leader != "" && c.Leader != fmt.Sprint("n", alone)
	})
	until(t, "a failure", func() bool { return l.failures.Load() > failures })
	f.cut(alone, false)
	l.more(200)
	f.healthy()
	l.end()
}

// A client with the certificate of another authority, or with credentials of
// another operator, is refused.
func TestAClusterRefusesStrangers(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "STRANGERS")
	dir := t.TempDir()
	cert, key := writePair(t, newAuthority(t), dir, "stranger")
	_, creds := newUsers(t, dir)
	o := f.options
	o.Connect = append(o.Connect[:2:2], nats.ClientCert(cert, key))
	refused(t, o, "set nats.ClientCert in Options.Connect")
	o.Connect = append([]nats.Option{nats.UserCredentials(creds)}, f.options.Connect[1:]...)
	refused(t, o, "set nats.UserCredentials or another user in Options.Connect")
}

// writePair writes a certificate for servers and clients of this machine, and its
// key, to files.
func writePair(t *testing.T, ca *authority, dir, name string) (cert, key string) {
	t.Helper()
	pair := ca.server(t).Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for file, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		key:  {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// newUsers returns the configuration of servers with an operator and an account,
// and a file with the credentials of a user.
func newUsers(t *testing.T, dir string) (conf, creds string) {
	t.Helper()
	operator, operatorID := keyPair(t, nkeys.CreateOperator)
	_, systemID := keyPair(t, nkeys.CreateAccount)
	account, accountID := keyPair(t, nkeys.CreateAccount)
	user, userID := keyPair(t, nkeys.CreateUser)
	oc := jwt.NewOperatorClaims(operatorID)
	oc.SystemAccount = systemID
	ac := jwt.NewAccountClaims(accountID)
	ac.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(encode(t, jwt.NewUserClaims(userID), account), seed)
	if err != nil {
		t.Fatal(err)
	}
	creds = filepath.Join(dir, "user.creds")
	if err := os.WriteFile(creds, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("operator: %q\nsystem_account: %q\nresolver: MEMORY\nresolver_preload { %s: %q, %s: %q }\n",
		encode(t, oc, operator), systemID, systemID, encode(t, jwt.NewAccountClaims(systemID), operator),
		accountID, encode(t, ac, operator)), creds
}

func keyPair(t *testing.T, create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	t.Helper()
	pair, err := create()
	if err != nil {
		t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return pair, public
}

func encode(t *testing.T, c interface {
	Encode(nkeys.KeyPair) (string, error)
}, by nkeys.KeyPair) string {
	t.Helper()
	text, err := c.Encode(by)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

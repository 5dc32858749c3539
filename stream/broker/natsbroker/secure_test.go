package natsbroker_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

const secret = "s3cr3t-w0rd"

// newKey returns the public key of a user, and the option with which a connection
// proves to have it.
func newKey(t *testing.T) (string, nats.Option) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return public, nats.Nkey(public, pair.Sign)
}

// TestSecure has a server with TLS, a user with a password and one with a key.
func TestSecure(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	key, asKey := newKey(t)
	_, asStranger := newKey(t)
	s := startServer(t, &server.Options{
		TLS:       true,
		TLSConfig: ca.server(t),
		Users:     []*server.User{{Username: "board", Password: secret}},
		Nkeys:     []*server.NkeyUser{{Nkey: key}},
	})
	addr := s.Addr().String()
	for _, c := range []struct {
		name    string
		url     string
		connect []nats.Option
	}{
		{"a password beside the URL", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file), nats.UserInfo("board", secret)}},
		{"a password in the URL", "tls://board:" + secret + "@" + addr, []nats.Option{nats.RootCAs(ca.file)}},
		{"TLS that the server asks for", "nats://board:" + secret + "@" + addr, []nats.Option{nats.RootCAs(ca.file)}},
		{"a configuration of TLS", "tls://" + addr, []nats.Option{nats.Secure(&tls.Config{RootCAs: pool(ca)}), nats.UserInfo("board", secret)}},
		{"a key", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file), asKey}},
		{"one server of several", "tls://" + freeAddr(t) + ",tls://" + addr, []nats.Option{nats.RootCAs(ca.file), asKey}},
	} {
		t.Run("goes with "+c.name, func(t *testing.T) {
			b := newNode(t, natsbroker.Options{URL: c.url, Connect: c.connect, Bytes: 1 << 20})
			l := listen(t, b, "news", "")
			publish(t, b, "news", "one")
			l.want("one")
		})
	}
	for _, c := range []struct {
		name    string
		url     string
		connect []nats.Option
		want    string
	}{
		{"a wrong password", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file), nats.UserInfo("board", secret+"!")}, "Options.Connect: nats: Authorization Violation"},
		{"a wrong password in the URL", "tls://board:" + secret + "!@" + addr, []nats.Option{nats.RootCAs(ca.file)}, "Authorization Violation"},
		{"no password", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file)}, "Authorization Violation"},
		{"a stranger's key", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file), asStranger}, "Authorization Violation"},
		{"no file of credentials", "tls://" + addr, []nats.Option{nats.RootCAs(ca.file), nats.UserCredentials(filepath.Join(t.TempDir(), "none.creds"))}, "none.creds"},
		{"an unknown authority", "tls://board:" + secret + "@" + addr, []nats.Option{nats.RootCAs(other.file)}, "set nats.RootCAs in Options.Connect: nats: tls"},
		{"no authority", "nats://board:" + secret + "@" + addr, nil, "unknown authority"},
		{"no file of an authority", "tls://" + addr, []nats.Option{nats.RootCAs(filepath.Join(t.TempDir(), "none.pem"))}, "none.pem"},
		{"a name that is not the server's", "tls://board:" + secret + "@" + strings.Replace(addr, "127.0.0.1", "localhost", 1), []nats.Option{nats.RootCAs(ca.file)}, "the certificate of NATS has another name than Options.URL"},
	} {
		t.Run("says at once that there is "+c.name, func(t *testing.T) {
			refused(t, natsbroker.Options{URL: c.url, Connect: c.connect}, c.want)
		})
	}
	t.Run("says at once that a client needs a certificate", func(t *testing.T) {
		config := ca.server(t)
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, pool(ca)
		strict := startServer(t, &server.Options{TLS: true, TLSVerify: true, TLSConfig: config})
		refused(t, natsbroker.Options{URL: "tls://" + strict.Addr().String(), Connect: []nats.Option{nats.RootCAs(ca.file)}}, "set nats.ClientCert in Options.Connect")
	})
	t.Run("says at once that a server has no TLS", func(t *testing.T) {
		plain := startServer(t, &server.Options{})
		refused(t, natsbroker.Options{URL: "tls://" + plain.Addr().String()}, "NATS has no TLS, but Options.URL or Options.Connect asks for it")
	})
}

func pool(a *authority) *x509.CertPool {
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(a.pem)
	return p
}

// refused checks that Open returns its error long before its context ends, and
// that the error does not contain the password.
func refused(t *testing.T, o natsbroker.Options, want string) {
	t.Helper()
	const long = 5 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	_, err := natsbroker.Open(ctx, o)
	if err == nil {
		t.Fatal("Open() = nil, want an error")
	}
	if ctx.Err() != nil {
		t.Errorf("Open() took %v", long)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("Open() = %v, want %q in it", err, want)
	}
	if strings.Contains(err.Error(), secret[:6]) { // a part of it is too much
		t.Errorf("Open() = %v, which has the password", err)
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if u, ok := err.(*url.Error); ok {
			t.Errorf("the error has the URL %s", u.URL)
		}
	}
}

func TestNoErrorHasAPasswordThatBreaksTheURL(t *testing.T) {
	for _, password := range []string{
		secret + "%zz", secret + "/x", secret + "#x", secret + "?x", secret + ",x", secret + " x", "x," + secret,
		"1/" + secret, "1#" + secret, "1?" + secret, "[" + secret, secret + "\x7f",
	} {
		t.Run(password, func(t *testing.T) {
			refused(t, natsbroker.Options{URL: "nats://board:" + password + "@" + freeAddr(t)}, "Options.URL")
		})
	}
}

func TestOpenSaysWhereNobodyAnswers(t *testing.T) {
	addr := freeAddr(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := natsbroker.Open(ctx, natsbroker.Options{URL: "tls://board:" + secret + "@" + addr + ", " + addr})
	if err == nil || !strings.Contains(err.Error(), " at "+addr+", "+addr+":") || strings.Contains(err.Error(), secret) {
		t.Errorf("Open() = %v, want an error that says where, and no password", err)
	}
}

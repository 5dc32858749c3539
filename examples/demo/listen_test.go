package main

import "testing"

func TestListenTakesTheNextFreePort(t *testing.T) {
	first, err := listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listen("")
	if err != nil {
		t.Fatalf("listen() = %v while %s is taken, want the next port", err, first.Addr())
	}
	defer second.Close()

	if l, err := listen(first.Addr().String()); err == nil {
		l.Close()
		t.Errorf("listen(%s) succeeded twice, want an error for an address that was asked for", first.Addr())
	}
}

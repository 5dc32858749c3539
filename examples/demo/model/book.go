package model

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
)

//go:embed opticks.txt.gz
var opticks []byte

// Opticks returns a model of the book that ships with the demo.
func Opticks() (*Model, error) {
	zr, err := gzip.NewReader(bytes.NewReader(opticks))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(zr)
	if err != nil {
		return nil, err
	}
	return Train(string(text)), nil
}

package source

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// A Piece is a part of a source file.
type Piece struct {
	File  string
	Name  string // of the declaration, or "" for the whole file
	First int    // the number of the first line
	Lines []string
}

// Cut returns the declaration of name in a Go or templ file of fsys, with its
// comment. The name of a method has the receiver's type before it, as in Board.turn.
// Without a name, Cut returns the whole file. The file must be formatted, so that a
// declaration of several lines ends with a line that is a bracket.
func Cut(fsys fs.FS, file, name string) (Piece, error) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return Piece{}, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if name == "" {
		return Piece{file, name, 1, lines}, nil
	}
	begins := beginning(name)
	for i, line := range lines {
		if !begins.MatchString(line) {
			continue
		}
		first, end := i, i
		for first > 0 && strings.HasPrefix(lines[first-1], "//") {
			first--
		}
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, "(") {
			for end++; end < len(lines) && lines[end] != "}" && lines[end] != ")"; end++ {
			}
		}
		if end < len(lines) {
			return Piece{file, name, first + 1, lines[first : end+1]}, nil
		}
	}
	return Piece{}, fmt.Errorf("%s: no declaration of %s", file, name)
}

// beginning matches the first line of the declaration of name.
func beginning(name string) *regexp.Regexp {
	if receiver, method, ok := strings.Cut(name, "."); ok {
		return regexp.MustCompile(`^(func|templ) \(\w+ \*?` + regexp.QuoteMeta(receiver) + `\) ` + regexp.QuoteMeta(method) + `\(`)
	}
	return regexp.MustCompile(`^(func|templ|type|var|const) ` + regexp.QuoteMeta(name) + `\b`)
}

// Title names the piece, for people.
func (p Piece) Title() string {
	if p.Name == "" {
		return p.File
	}
	return p.File + ": " + p.Name
}

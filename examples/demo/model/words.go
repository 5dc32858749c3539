package model

import (
	"regexp"
	"strings"
)

var (
	// Additions of the transcript to the book: emphasis, footnotes, page headers.
	furniture = regexp.MustCompile(`_|\[[^\]]*\]|[*=|+]`)
	word      = regexp.MustCompile(`[\pL\d][\pL\d'’-]*|[.,;:?!]`)
)

// words splits text into words and punctuation marks.
func words(text string) []string {
	return word.FindAllString(furniture.ReplaceAllString(text, ""), -1)
}

// sentences returns the sentences of a book that read like prose. It leaves out
// headings, tables and labels of figures.
func sentences(text string) [][]string {
	var all [][]string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if paragraph == strings.ToUpper(paragraph) {
			continue
		}
		var s []string
		for _, w := range words(paragraph) {
			s = append(s, w)
			if ends(w) {
				if len(s) > 5 {
					all = append(all, s)
				}
				s = nil
			}
		}
	}
	return all
}

func ends(w string) bool { return w == "." || w == "?" || w == "!" }

// isWord reports whether w is a word and not a punctuation mark.
func isWord(w string) bool { return !strings.ContainsAny(w[:1], ".,;:?!") }

// spaced returns w with the space that precedes it after other words.
func spaced(w string) string {
	if isWord(w) {
		return " " + w
	}
	return w
}

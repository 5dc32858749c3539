package stream_test

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// partOf matches a part, up to its content.
var partOf = regexp.MustCompile(`^--([a-z][0-9a-z]{11})\r\nContent-Type: text/html; charset=utf-8\r\n` +
	`(?:HX-Target: \[data-rv-part="([^"]*)"\]\r\nHX-Swap: outerHTML swapEmpty:true show:none\r\nHX-Select:\r\n|(HX-Redirect: /moved\r\n)?)` +
	`Content-Length: ([0-9]+)\r\n\r\n`)

// asChunks translates the writes of an answer in parts, each of which holds whole
// parts, to those of a page with the same content. It returns them unchanged if the
// answer is not in parts.
func asChunks(h http.Header, writes []string) (chunks []string, err error) {
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if kind != "multipart/mixed" {
		return writes, nil
	}
	for i, w := range writes {
		var b strings.Builder
		for w != "" {
			if w == "--"+params["boundary"]+"--\r\n" {
				break
			}
			m := partOf.FindStringSubmatch(w)
			if m == nil || m[1] != params["boundary"] {
				return nil, fmt.Errorf("write %q, want whole parts between %q", w, params["boundary"])
			}
			n, _ := strconv.Atoi(m[4])
			w = w[len(m[0]):]
			if len(w) < n+2 || w[n:n+2] != "\r\n" {
				return nil, fmt.Errorf("part of %d bytes ends otherwise: %q", n, w)
			}
			content := withMarkers(w[:n])
			w = w[n+2:]
			switch {
			case m[3] != "":
				b.WriteString(`<meta http-equiv="refresh" content="0;url='/moved'">`)
			case (m[2] == "") != (i == 0 && b.Len() == 0):
				return nil, fmt.Errorf("part %q without a target is not the first", content)
			case m[2] == "":
				b.WriteString(content)
			default:
				b.WriteString(chunkStart + m[2] + `">` + content + chunkEnd)
			}
		}
		chunks = append(chunks, b.String())
	}
	return chunks, nil
}

// target matches the start tag of an element that a part will replace.
var target = regexp.MustCompile(`<([a-z]+) data-rv-part="([^"]*)">`)

// withMarkers puts markers around the elements that parts will replace.
func withMarkers(html string) string {
	for {
		m := target.FindStringSubmatchIndex(html)
		if m == nil {
			return html
		}
		name, id := html[m[2]:m[3]], html[m[4]:m[5]]
		end := m[1] + strings.Index(html[m[1]:], "</"+name+">")
		inner := html[m[1]:end]
		if name == "notice" {
			inner = noticeStart + noticeText
		}
		html = html[:m[0]] + `<?start name="` + id + `">` + inner + endMarker + html[end+len("</"+name+">"):]
	}
}

// readParts reads body as mime/multipart does, and returns io.EOF if it is whole.
func readParts(h http.Header, body string) error {
	_, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return err
	}
	for r := multipart.NewReader(strings.NewReader(body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if n := part.Header.Get("Content-Length"); n != strconv.Itoa(len(content)) {
			return errors.New("part of " + strconv.Itoa(len(content)) + " bytes says " + n)
		}
	}
}

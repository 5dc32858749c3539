package stream

import (
	"bytes"
	"strconv"

	"github.com/a-h/templ"
)

// The bytes between the bytes of the page. They are the HTML standard's
// out-of-order patching, https://github.com/whatwg/html/pull/11818, plus the
// comment <!/> that tells the script unsuspense that a template is complete.
// This is a protocol: older pages in caches and the script speak it.

func appendStart(dst []byte, b *boundary) []byte {
	dst = append(dst, `<?start name="`...)
	dst = b.appendID(dst)
	return append(dst, `">`...)
}

func appendEnd(dst []byte) []byte {
	return append(dst, `<?end>`...)
}

func appendChunkStart(dst []byte, b *boundary) []byte {
	dst = append(dst, `<template for="`...)
	dst = b.appendID(dst)
	return append(dst, `">`...)
}

func appendChunkEnd(dst []byte) []byte {
	return append(dst, `</template><!/>`...)
}

// maxID is the length of the longest id.
const maxID = 64

// appendID appends the path of b in the page's tree, such as "2.1".
func (b *boundary) appendID(dst []byte) []byte {
	if b.parent != nil && b.parent.parent != nil {
		dst = append(b.parent.appendID(dst), '.')
	}
	return strconv.AppendInt(dst, int64(b.index), 10)
}

// appendElement appends the script element of a script with that text.
func (s Script) appendElement(dst []byte, text, nonce string) []byte {
	if s == None {
		return dst
	}
	dst = append(dst, `<script`...)
	if nonce != "" {
		dst = append(dst, ` nonce="`...)
		dst = append(dst, templ.EscapeString(nonce)...)
		dst = append(dst, '"')
	}
	if src, ok := s.external(); ok {
		dst = append(dst, ` async src="`...)
		dst = append(dst, templ.EscapeString(src)...)
		return append(dst, `"></script>`...)
	}
	dst = append(dst, '>')
	dst = append(dst, text...)
	return append(dst, `</script>`...)
}

// tailStart returns where the end tags of body and html begin, or len(page).
// White space and comments behind them belong to the tail, so that templates
// stay children of body even in a DOM that is read back as text.
func tailStart(page []byte) int {
	end := len(page)
	rest, ok := cutEndTag(cutSpace(page), "html")
	if ok {
		end = len(rest)
		rest = cutSpace(rest)
	}
	if rest, ok = cutEndTag(rest, "body"); ok {
		end = len(rest)
	}
	return end
}

// cutSpace cuts white space and comments off the end of b.
func cutSpace(b []byte) []byte {
	for {
		b = bytes.TrimRight(b, " \t\r\n\f")
		if !bytes.HasSuffix(b, []byte("-->")) {
			return b
		}
		i := bytes.LastIndex(b, []byte("<!--"))
		if i < 0 {
			return b
		}
		// A comment may hold what looks like the start of another.
		if j := bytes.LastIndex(b[:i], []byte("<!--")); j >= 0 && !bytes.Contains(b[j:i], []byte("-->")) {
			return b
		}
		b = b[:i]
	}
}

// cutEndTag cuts the end tag of the element name off the end of b.
func cutEndTag(b []byte, name string) ([]byte, bool) {
	i := bytes.LastIndexByte(b, '<')
	if i < 0 || !bytes.HasPrefix(b[i:], []byte("</")) || !bytes.HasSuffix(b, []byte(">")) {
		return b, false
	}
	tag := bytes.TrimRight(b[i+2:len(b)-1], " \t\r\n\f")
	if !bytes.EqualFold(tag, []byte(name)) {
		return b, false
	}
	return b[:i], true
}

package stream

import (
	"strconv"
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

// maxLevels is how deep boundaries stand within each other whose ids are paths.
const maxLevels = 8

// maxDepth is how deep boundaries stand within each other at most. Only a
// component that places itself without end comes that far, and it must not end
// the process, whose stacks are limited.
const maxDepth = 10_000

// appendID appends the id of b on the wire: its path, behind the prefix of the
// response if it has one, such as "k3f9-2.1".
func (b *boundary) appendID(dst []byte) []byte {
	return b.appendPath(append(dst, b.resp.prefix...))
}

// appendPath appends the path of b in the page's tree, such as "2.1", or below
// maxLevels a number of the response, such as ".17". No other path begins with a
// dot.
func (b *boundary) appendPath(dst []byte) []byte {
	if b.number > 0 {
		return strconv.AppendInt(append(dst, '.'), int64(b.number), 10)
	}
	if b.parent != nil && b.parent.parent != nil {
		dst = append(b.parent.appendPath(dst), '.')
	}
	return strconv.AppendInt(dst, int64(b.index), 10)
}

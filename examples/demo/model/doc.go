// Package model is a small language model that runs in the process, and the
// part of the OpenAI API that streams its answers.
//
// It is an n-gram model: it counts which words follow which in one book,
// Newton's Opticks, and writes what is likely. It knows nothing, but it is
// honest work, word by word, and so shows what a stream of tokens is like
// without a key, a download or a network.
package model

// Package model is a small language model that runs in the process, with the part
// of the OpenAI API that streams its answers.
//
// It is an n-gram model. It counts which words follow which in one book, Newton's
// Opticks, and writes likely sentences. It has no knowledge, but it really makes
// its text word by word. It shows a stream of tokens without a key, a download or
// a network.
package model

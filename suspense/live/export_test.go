package live

// ForgetWarnings makes each warning the first one again.
func ForgetWarnings() {
	warned.Lock()
	defer warned.Unlock()
	warned.names = nil
}

package flights

// OpenIn is Open for a Set that is smaller than the one embedded.
var OpenIn = openIn

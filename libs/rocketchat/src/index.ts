/** Talking to a Rocket.Chat server: a typed REST client. The double of a server for the tests is in `./testing`. */
export {};

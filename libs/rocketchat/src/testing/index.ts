/** The double of a Rocket.Chat server, over real HTTP and real WebSockets. A test tool: nothing that is shipped imports it. */
export {};

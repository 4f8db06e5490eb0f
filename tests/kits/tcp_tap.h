/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child process between a client and a server on the loopback: passes bytes on, keeps a copy of what the
 * client says, and meddles when told to. */
#ifndef TESTS_TCP_TAP_H
#define TESTS_TCP_TAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TAP_BYTES  (4u << 20)
#define TAP_CHUNKS 16384

struct tap { /* shared with the child */
	volatile int
	        garbage; /* set to 1: send the server this many KiB of nonsense; 0 again when done */
	volatile int
	        flip; /* set to 1: change a bit in the client's next bytes; 0 again when done */
	volatile long connections, closed_by_server;
	volatile size_t n, chunks;
	struct tap_chunk {
		size_t at, size;
		long connection;
	} chunk[TAP_CHUNKS];
	uint8_t bytes[TAP_BYTES];
	pid_t child;
	int port; /* where it listens */
};

struct tap *tap_start(int server_port);
void tap_end(struct tap *tap);

/* What ZMTP 3 frames of the client hold: bytes of greetings and commands, and of messages. */
struct tap_frames {
	long connections, handshake_bytes, message_bytes, messages;
};
struct tap_frames tap_frames(const struct tap *tap);

#endif

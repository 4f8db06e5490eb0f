/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libzmq asks at the door: whatever the parts of a question, one answer comes, and only a CURVE key of
 * the list is let in.  Parts are cut out of the input: u8 length, bytes. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "base/door.h"
#include "tests/fuzz/fuzz_kit.h"

#define PARTS_MOST 12

static void *asker;

static void open_door(void)
{
	static struct door door;
	struct problem why;
	void *context = zmq_ctx_new();
	fuzz_quiet();
	door.most_agents = 4;
	memcpy(door.folder, fuzz_folder(), strlen(fuzz_folder()) + 1);
	char path[128];
	int n = snprintf(path, sizeof path, "%s/a.pub", door.folder);
	assert(n > 0);
	/* the key of 32 letters 'k' */
	char key[KEY_TEXT];
	uint8_t bytes[KEY_BYTES];
	memset(bytes, 'k', sizeof bytes);
	zmq_z85_encode(key, bytes, sizeof bytes);
	fuzz_write(path, key, KEY_TEXT - 1);
	assert(door_open(&door, context, &why) == OK);
	asker = zmq_socket(context, ZMQ_REQ);
	assert(zmq_connect(asker, "inproc://zeromq.zap.01") == 0);
}

/* Send the parts; was the last of seven the admitted key, by CURVE? */
static int ask(const uint8_t *in, size_t n)
{
	size_t at = 0, parts = 0;
	int curve = 0, key = 0;
	do {
		size_t size = at < n ? in[at++] : 0;
		if (size > n - at)
			size = n - at;
		const uint8_t *part = in + at;
		at += size;
		parts++;
		curve |= parts == 6 && size == 5 && memcmp(part, "CURVE", 5) == 0;
		key = parts == 7 && size == KEY_BYTES;
		for (size_t i = 0; key && i < size; i++)
			key = part[i] == 'k';
		int more = at < n && parts < PARTS_MOST;
		assert(zmq_send(asker, part, size, more ? ZMQ_SNDMORE : 0) ==
		        (int)size);
		if (!more)
			break;
	} while (1);
	return parts == 7 && curve && key;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	char answer[8][256];
	int size[8], count = 0, more = 1;
	size_t room = sizeof more;
	if (asker == NULL)
		open_door();
	int admitted = ask(in, n);
	while (more) {
		assert(count < 8);
		do /* libFuzzer's own timer interrupts */
			size[count] =
			        zmq_recv(asker, answer[count], sizeof answer[0], 0);
		while (size[count] < 0 && zmq_errno() == EINTR);
		assert(size[count] >= 0);
		count++;
		zmq_getsockopt(asker, ZMQ_RCVMORE, &more, &room);
	}
	assert(count == 6 && size[2] == 3);
	assert(memcmp(answer[2], admitted ? "200" : "400", 3) == 0);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes to a cabinet from outside its lines: messages of the kernel, records of wtmp, orders over a socket,
 * the answer of a coil, a limit of the configuration; and a STATE read again.  The first byte says which. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "sensors/cabinet/control.h"
#include "sensors/cabinet/login.h"
#include "sensors/drivers/coil.h"
#include "sensors/drivers/modbus.h"
#include "sensors/ports/uevent.h"
#include "sensors/station/station.h"
#include "tests/fuzz/fuzz_kit.h"

static void read_uevent(const uint8_t *in, size_t n)
{
	struct uevent event;
	char text[600];
	if (uevent_parse(&event, in, n) != OK)
		return;
	const char *word = uevent_word(&event);
	uevent_text(&event, text, sizeof text);
	assert(strlen(text) < sizeof text && (word == NULL || word[0] != '\0'));
}

/* Whatever the rest of a record is, its texts end. */
static void read_login(const uint8_t *in, size_t n)
{
	uint8_t record[1024] = { 0 };
	struct login login;
	char text[400];
	assert(login_size() <= sizeof record);
	memcpy(record, in, n < login_size() ? n : login_size());
	assert(login_parse(&login, record, login_size()) == OK);
	login_text(&login, text, sizeof text);
	for (const char *c = text; *c != '\0'; c++)
		assert((unsigned char)*c >= 0x20 && *c != 0x7f);
}

/* What is an order is that order when it is written again. */
static void read_order(const char *in, size_t n)
{
	struct order order, again;
	char text[CONTROL_MOST];
	if (n > CONTROL_MOST || order_parse(&order, in, n) != OK)
		return;
	int size = order_print(&order, text, sizeof text);
	assert(size > 0 && order_parse(&again, text, (size_t)size) == OK);
	assert(again.kind == order.kind && again.on == order.on &&
	        strcmp(again.id, order.id) == 0 &&
	        strcmp(again.reason, order.reason) == 0);
}

static void read_state(const uint8_t *in, size_t n)
{
	struct state_texts texts, again;
	uint8_t out[4096];
	if (state_decode(&texts, in, n) != OK)
		return;
	const struct state_event event = {
		.subject = texts.subject, .state = texts.state, .text = texts.text
	};
	int size = state_encode(&event, out, sizeof out);
	assert(size > 0 && state_decode(&again, out, (size_t)size) == OK);
	assert(memcmp(again.subject, texts.subject, strlen(texts.subject) + 1) == 0 &&
	        strcmp(again.state, texts.state) == 0 &&
	        strcmp(again.text, texts.text) == 0);
}

/* Only the request once more, or a refusal of it, is an answer. */
static void read_answer(const uint8_t *in, size_t n)
{
	const struct coil coil = { .slave = 9, .address = 4, .on = true };
	for (int framing = 0; framing <= FRAMING_ASCII; framing++) {
		uint8_t request[COIL_FRAME], exception;
		struct modbus_write write = coil_write(&coil);
		write.number = 0x1234;
		size_t size = (size_t)modbus_write_put(
		        framing, &write, request, sizeof request);
		int length = modbus_write_answer(framing, request, in, n, &exception);
		assert(length <= (int)n);
		if (length > 0 && exception == 0)
			assert(framing == FRAMING_ASCII ||
			        ((size_t)length == size &&
			                memcmp(in, request, size) == 0));
	}
}

static void read_limit(const char *text)
{
	double low, high;
	if (limit_parse(text, "mg/L", &low, &high) == OK)
		assert(!isnan(high));
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	if (n == 0)
		return 0;
	char *text = fuzz_text(in + 1, n - 1);
	switch (in[0]) {
	case 'u':
		read_uevent(in + 1, n - 1);
		break;
	case 'l':
		read_login(in + 1, n - 1);
		break;
	case 'o':
		read_order((const char *)in + 1, n - 1);
		break;
	case 's':
		read_state(in + 1, n - 1);
		break;
	case 'c':
		read_answer(in + 1, n - 1);
		break;
	default:
		read_limit(text);
	}
	free(text);
	return 0;
}

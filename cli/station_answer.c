/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an answer on the terminal can stand in a configuration, before the next question. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/station_add.h"
#include "cli/translate.h"
#include "sensors/ports/port.h"

__attribute__((format(printf, 1, 2))) static bool say(const char *format, ...)
{
	va_list args;
	fputs("  ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

/* ---- ids ---- */

/* The letter under its marks: Latin letters of Vietnamese, and what else stands below U+0180 and in
 * U+1EA0..U+1EF9; 0 none. */
static char plain_letter(uint32_t code)
{
	static const struct {
		uint32_t from, to;
		char letter;
	} under[] = { { 0xc0, 0xc5, 'a' }, { 0xc8, 0xcb, 'e' }, { 0xcc, 0xcf, 'i' },
		{ 0xd0, 0xd0, 'd' }, { 0xd2, 0xd6, 'o' }, { 0xd9, 0xdc, 'u' },
		{ 0xdd, 0xdd, 'y' }, { 0xe0, 0xe5, 'a' }, { 0xe8, 0xeb, 'e' },
		{ 0xec, 0xef, 'i' }, { 0xf2, 0xf6, 'o' }, { 0xf9, 0xfc, 'u' },
		{ 0xfd, 0xfd, 'y' }, { 0x102, 0x103, 'a' }, { 0x110, 0x111, 'd' },
		{ 0x128, 0x129, 'i' }, { 0x168, 0x169, 'u' }, { 0x1a0, 0x1a1, 'o' },
		{ 0x1af, 0x1b0, 'u' }, { 0x1ea0, 0x1eb7, 'a' }, { 0x1eb8, 0x1ec7, 'e' },
		{ 0x1ec8, 0x1ecb, 'i' }, { 0x1ecc, 0x1ee3, 'o' },
		{ 0x1ee4, 0x1ef1, 'u' }, { 0x1ef2, 0x1ef9, 'y' } };
	if (code >= 'A' && code <= 'Z')
		return (char)(code + 'a' - 'A');
	if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9'))
		return (char)code;
	for (size_t i = 0; i < sizeof under / sizeof under[0]; i++)
		if (code >= under[i].from && code <= under[i].to)
			return under[i].letter;
	return '\0';
}

void station_id_of(const char *name, size_t most, char out[WORD_MOST])
{
	size_t n = 0, left = strlen(name);
	uint32_t code = 0;
	for (size_t size; left > 0; name += size, left -= size) {
		size = utf8_next(name, left, &code);
		if (size == 0)
			size = 1;
		char letter = plain_letter(code);
		bool mark = code >= 0x300 && code < 0x370; /* belongs to the letter */
		if (letter != '\0' && n < most)
			out[n++] = letter;
		else if (letter == '\0' && !mark && n > 0 && n < most &&
		         out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	out[n] = '\0';
}

bool station_is_id(const char *id, size_t most, bool vi)
{
	if (id_valid(id, most))
		return true;
	return say(vi ? "'%s' không phải là mã: chỉ a-z, 0-9 và -, tối đa %zu ký tự, "
	                "ví dụ "
	                "kcn-mau"
	              : "'%s' is not an id: a-z, 0-9 and -, at most %zu of them, like "
	                "kcn-mau",
	        id, most);
}

/* ---- what each may be ---- */

bool station_id_is_new(const struct adding *adding, const char *id)
{
	const struct station *station = adding->station;
	bool vi = adding->vietnamese;
	if (!station_is_id(id, ID_SIZE - 1, vi))
		return false;
	for (size_t i = 0; station != NULL && i < station->n_instruments; i++)
		if (strcmp(station->instrument[i].id, id) == 0)
			return say(vi ? "đã có thiết bị '%s'"
			              : "there is an instrument '%s' already",
			        id);
	return true;
}

static bool is_modbus_address(const char *word, bool vi)
{
	char *end;
	long number = strtol(word, &end, 10);
	return (end != word && *end == '\0' && number >= 1 && number <= 255) ||
	       say(vi ? "'%s' không phải là địa chỉ Modbus: một số từ 1 đến 255"
	              : "'%s' is no Modbus address: a number from 1 to 255",
	               word);
}

/* As config check will: by the driver, and by what its profile can write. */
static bool is_own_address(const struct profile *profile, const char *word, bool vi)
{
	const struct instrument there = { .profile = profile, .address = word };
	char hint[256];
	const char *why = station_address_hint(&there);
	if (why == NULL)
		return true;
	translate(NULL, why, hint, sizeof hint);
	return say(vi ? "'%s' không phải là địa chỉ của loại thiết bị này: %s"
	              : "'%s' is no address here: %s",
	        word, vi ? hint : why);
}

/* Nobody on the line has it yet. */
static bool is_free_address(const struct adding *adding, const char *word)
{
	const struct driver *driver = adding->profile->driver;
	const struct station *station = adding->station;
	for (size_t i = 0; station != NULL && i < station->n_instruments; i++) {
		const struct station_instrument *one = &station->instrument[i];
		bool same = driver->modbus ? one->slave == strtol(word, NULL, 10)
		                           : strcmp(one->address, word) == 0 &&
		                                     driver_asks(&one->instrument);
		if (same && one->port_index == adding->port_index &&
		        one->profile->driver == driver)
			return say(adding->vietnamese
			                   ? "'%s' trên cổng này đã có địa chỉ %s"
			                   : "'%s' on this port has the address %s",
			        one->id, word);
	}
	return true;
}

bool station_is_address(const struct adding *adding, const char *word)
{
	const struct profile *profile = adding->profile;
	bool vi = adding->vietnamese;
	return (profile->driver->modbus ? is_modbus_address(word, vi)
	                                : is_own_address(profile, word, vi)) &&
	       is_free_address(adding, word);
}

bool station_is_line(const struct adding *adding, const char *word)
{
	struct line line;
	bool vi = adding->vietnamese;
	if (line_parse(word, &line) != OK)
		return say(vi ? "'%s' không giống \"9600 8N1\""
		              : "'%s' is not like \"9600 8N1\"",
		        word);
	return !adding->profile->driver->modbus || line.data_bits == 8 ||
	       strcmp(adding->word.mode, "ascii") == 0 ||
	       say(vi ? "Modbus RTU có 8 bit dữ liệu (ASCII: --mode ascii)"
	              : "Modbus RTU has 8 data bits (ASCII: --mode ascii)");
}

bool station_is_outlet(const struct adding *adding, const char *word)
{
	for (size_t i = 0; i < adding->station->n_outlets; i++)
		if (strcmp(adding->station->outlet[i].id, word) == 0)
			return true;
	return say(adding->vietnamese ? "không có điểm xả '%s' trong danh sách trên"
	                              : "there is no outlet '%s' in the list above",
	        word);
}

bool station_is_kind(const struct adding *adding, const char *word)
{
	for (size_t i = 0; station_kinds[i] != NULL; i++)
		if (strcmp(station_kinds[i], word) == 0)
			return true;
	return say(adding->vietnamese ? "'%s' không phải là water, stack hay ambient"
	                              : "'%s' is none of water, stack, ambient",
	        word);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of registers, in every type and word order, with marks. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/counted.h"
#include "base/json.h"
#include "base/legal_time.h"
#include "cli/serial_probe.h"
#include "sensors/tools/guess.h"

/* "40103" as manuals count registers of function 3, "30103" of function 4; with six digits
 * where five do not reach. */
static void print_manual(const struct prober_block *block, size_t at, char out[16])
{
	size_t number = block->start + at + 1;
	snprintf(out, 16, number <= 9999 ? "%c%04zu" : "%c%05zu",
	        block->function == 3 ? '4' : '3', number);
}

static char shown(uint8_t c)
{
	return isprint(c) ? (char)c : '.';
}

static char mark_sign(enum guess_mark mark)
{
	static const char signs[] = { [GUESS_ZERO] = ' ',
		[GUESS_PLAUSIBLE] = '+',
		[GUESS_POSSIBLE] = ' ',
		[GUESS_ABSURD] = '!',
		[GUESS_NO_NUMBER] = '-' };
	return signs[mark];
}

/* ---- for people ---- */

static void print_single(const struct prober_block *block, bool vi)
{
	printf("\n%6s %6s  %-5s %6s %7s  %s\n", vi ? "đ.chỉ" : "start",
	        vi ? "sách" : "manual", "hex", "u16", "i16", vi ? "chữ" : "text");
	for (size_t i = 0; i < block->n; i++) {
		const uint8_t *at = block->data + 2 * i;
		char manual[16];
		print_manual(block, i, manual);
		printf("%6zu %6s  %02X %02X %6u %7d  %c%c\n", block->start + i, manual,
		        at[0], at[1], get_be16(at), (int16_t)get_be16(at), shown(at[0]),
		        shown(at[1]));
	}
}

static void print_number(const struct guess *guess)
{
	if (isfinite(guess->value))
		printf(" %12.6g %c", guess->value, mark_sign(guess->mark));
	else
		printf(" %12s %c", "-", mark_sign(guess->mark));
}

static void print_pairs(const struct prober_block *block, int type)
{
	printf("\n%6s  %-11s", number_types[type], "");
	for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++)
		printf(" %12s  ", word_orders[order]);
	putchar('\n');
	for (size_t i = 0; i + 2 <= block->n; i++) {
		const uint8_t *at = block->data + 2 * i;
		if (get_be32(at) == 0) /* 0 in every order */
			continue;
		printf("%6zu  %02X %02X %02X %02X", block->start + i, at[0], at[1],
		        at[2], at[3]);
		for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++) {
			struct guess guess = guess_one(block->data, i, type, order);
			print_number(&guess);
		}
		putchar('\n');
	}
}

/* Of 64 bits only what could be a value: most registers hold none. */
static void print_doubles(const struct prober_block *block)
{
	static const int orders[] = { ORDER_ABCDEFGH, ORDER_GHEFCDAB };
	for (size_t i = 0; i + 4 <= block->n; i++)
		for (size_t k = 0; k < 2; k++) {
			struct guess guess =
			        guess_one(block->data, i, TYPE_F64, orders[k]);
			if (guess.mark == GUESS_PLAUSIBLE)
				printf("   f64 %zu %s: %.10g +\n", block->start + i,
				        word_orders[orders[k]], guess.value);
		}
}

static void print_order(const struct prober_block *block, bool vi)
{
	struct guess_order told = guess_order(block->data, block->n);
	if (told.order < 0) {
		fputs(vi ? "\nChưa nhận ra thứ tự byte: so một giá trị với màn hình "
		           "thiết bị (--shows 7.25).\n"
		         : "\nNo word order stands out: compare a value with the "
		           "instrument's display (--shows 7.25).\n",
		        stdout);
		return;
	}
	printf(vi ? "\nNếu là f32, thứ tự hợp lý nhất là %s, bắt đầu từ %zu: %zu giá "
	            "trị hợp lý, %zu vô lý. So một giá trị với màn hình thiết bị "
	            "(--shows 7.25).\n"
	          : "\nIf these are f32, %s from %zu on fits best: %zu plausible "
	            "values, %zu absurd. Compare one with the instrument's display "
	            "(--shows 7.25).\n",
	        word_orders[told.order], block->start + told.from, told.plausible,
	        told.absurd);
}

static void print_shown(
        const struct prober_block *block, const char *shown_text, bool vi)
{
	struct guess *guess = calloc(block->n * GUESSES_EACH + 1, sizeof *guess);
	size_t n = guess != NULL ? guess_all(block->data, block->n, guess) : 0;
	size_t found = 0;
	for (size_t i = 0; i < n; i++) {
		int power;
		if (!guess_shown(&guess[i], shown_text, &power))
			continue;
		found++;
		printf(vi ? "%s: có thể là at: %zu, type: %s"
		          : "%s may be at: %zu, type: %s",
		        shown_text, guess[i].at, number_types[guess[i].type]);
		if (guess[i].order >= 0)
			printf(", order: %s", word_orders[guess[i].order]);
		if (power > 0)
			printf(", divide: %.0f", pow(10, power));
		printf("  (%.9g)\n", guess[i].value);
	}
	if (found == 0)
		printf(vi ? "%s không có trong khối này; thử --start, --function khác\n"
		          : "%s is nowhere in this block; try another --start or "
		            "--function\n",
		        shown_text);
	free(guess);
}

static void print_nothing(const struct prober_block *block, bool vi)
{
	if (block->outcome == REFUSED)
		printf(vi ? "Thiết bị %d từ chối đọc từ thanh ghi %d: mã lỗi %d (%s).\n"
		          : "Slave %d refuses to be read at register %d: exception %d, "
		            "%s.\n",
		        block->slave, block->start, block->exception,
		        modbus_exception_text(block->exception));
	else
		printf(vi ? "Thiết bị %d không trả lời yêu cầu đọc khối từ thanh ghi "
		            "%d.\n"
		          : "Slave %d does not answer a request for the block at "
		            "register %d.\n",
		        block->slave, block->start);
	fputs(vi ? "Xem bảng thanh ghi của hãng rồi chạy lại với --start (40001 là 0) "
	           "và --function.\n"
	         : "Look into its manual and give --start (40001 is 0) and "
	           "--function.\n",
	        stdout);
}

void prober_block_print(const struct prober *prober, const struct prober_block *block)
{
	bool vi = prober->vietnamese;
	if (block->n == 0) {
		print_nothing(block, vi);
		return;
	}
	char registers[COUNTED];
	if (vi)
		snprintf(registers, sizeof registers, "%zu thanh ghi", block->n);
	else
		counted(block->n, "register", registers);
	printf(vi ? "\nThiết bị %d, hàm %d, %s từ địa chỉ %d (đếm từ 0), trả lời sau "
	            "%.0f ms\n"
	          : "\nSlave %d, function %d, %s from %d (counted from 0), answered "
	            "after %.0f ms\n",
	        block->slave, block->function, registers, block->start,
	        block->wait_s * 1000);
	print_single(block, vi);
	if (block->n >= 2) {
		print_pairs(block, TYPE_F32);
		print_pairs(block, TYPE_U32);
		print_pairs(block, TYPE_I32);
		print_doubles(block);
		fputs(vi ? "+ hợp lý   ! vô lý: sai thứ tự byte, hoặc không phải kiểu "
		           "này   - không phải số, hoặc nghĩa là không có giá trị\n"
		         : "+ plausible   ! absurd: a wrong order, or not this type   "
		           "- no number, or what stands for none\n",
		        stdout);
		print_order(block, vi);
	}
	if (prober->given.shows != NULL)
		print_shown(block, prober->given.shows, vi);
}

/* ---- for programs ---- */

void prober_readings_csv(const struct prober *prober, const struct prober_block *block)
{
	static const struct table_column columns[] = { { .name = "slave" },
		{ .name = "function" }, { .name = "register" }, { .name = "type" },
		{ .name = "order" }, { .name = "value" }, { .name = "mark" }, { 0 } };
	struct guess *guess = calloc(block->n * GUESSES_EACH + 1, sizeof *guess);
	size_t n = guess != NULL ? guess_all(block->data, block->n, guess) : 0;
	struct table *table = table_new(stdout,
	        (enum table_format)prober->common->format, columns, OFFSET_VIETNAM);
	for (size_t i = 0; i < n; i++) {
		table_integer(table, block->slave);
		table_integer(table, block->function);
		table_integer(table, (int64_t)(block->start + guess[i].at));
		table_text(table, number_types[guess[i].type]);
		table_text(table,
		        guess[i].order >= 0 ? word_orders[guess[i].order] : NULL);
		if (isfinite(guess[i].value))
			table_number(table, guess[i].value, -1);
		else
			table_empty(table);
		table_text(table, guess_marks[guess[i].mark]);
		table_row(table);
	}
	table_end(table);
	free(guess);
}

static void readings_json(struct json *json, const struct prober_block *block)
{
	struct guess *guess = calloc(block->n * GUESSES_EACH + 1, sizeof *guess);
	size_t n = guess != NULL ? guess_all(block->data, block->n, guess) : 0;
	json_key(json, "readings");
	json_array(json);
	for (size_t i = 0; i < n; i++) {
		json_object(json);
		json_put_integer(
		        json, "register", (int64_t)(block->start + guess[i].at));
		json_put_text(json, "type", number_types[guess[i].type]);
		if (guess[i].order >= 0)
			json_put_text(json, "order", word_orders[guess[i].order]);
		json_put_number(json, "value", guess[i].value);
		json_put_text(json, "mark", guess_marks[guess[i].mark]);
		json_end(json);
	}
	json_end(json);
	free(guess);
}

void prober_block_json(struct json *json, const struct prober *prober,
        const struct prober_block *block)
{
	struct guess_order told = guess_order(block->data, block->n);
	char hex[8];
	json_put_integer(json, "slave", block->slave);
	json_put_integer(json, "function", block->function);
	json_put_integer(json, "start", block->start);
	json_put_integer(json, "exception", block->exception);
	json_key(json, "registers");
	json_array(json);
	for (size_t i = 0; i < block->n; i++) {
		snprintf(hex, sizeof hex, "%04X", get_be16(block->data + 2 * i));
		json_text(json, hex);
	}
	json_end(json);
	json_put_text(json, "order", told.order >= 0 ? word_orders[told.order] : NULL);
	readings_json(json, block);
}

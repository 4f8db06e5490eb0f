/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The driver hj212: an instrument or a sub-logger that sends its readings as messages of HJ 212 (frames:
 * sensors/drivers/hj212_frame.h), by itself or when it is asked.
 *
 *   it sends      ...CN=2011;...Flag=5;CP=&&DataTime=..;w01018-Rtd=62.5,w01018-Flag=N&&
 *   we thank      ...ST=91;CN=9014;...Flag=4;CP=&&&&                  only where Flag asks for it (bit A)
 *
 *   ask: yes      we send  ...CN=2011;...Flag=5;CP=&&&&
 *   it sends      CN=9011 QnRtn=1 (ready), CN=2011 with the data, CN=9012 ExeRtn=1 (done);
 *                 any other QnRtn or ExeRtn refuses               HJ 212-2017, tables C.10 to C.14, 6.4
 *
 * A message counts as a reading when CN, ST, MN and the part are those of the profile and the station, and
 * it holds a time or a field of the profile.  Any other message is thanked for if it asks, and nothing more.
 *
 * A message in parts (PNUM, PNO) is not joined: a part that is lost must be seen as the silence of its own
 * channels, and a reading shows one frame with one time.  Each part is an instrument of its own, with a
 * profile that says `part: 2`; a profile that does not say so takes no parts.
 *
 * Every factor has its own flag, <code>-Flag (HJ 212-2017, 6.4.4; those of 2005 after public code):
 *
 *   N S 1 3   ok (S: set by hand; 1, 3: of ambient stations in 2005)    F   stopped
 *   C K 0     calibrating (K: check, in the field)                      M   maintenance
 *   D P 2     fault (P: power)                                          T   above range
 *   B         silent: the sub-logger does not hear its instrument, and what it shows is no reading of it
 *   another   no value: nobody knows what it means;  none at all: ok
 */
#ifndef SENSORS_HJ212_H
#define SENSORS_HJ212_H

#include "sensors/drivers/hj212_frame.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/fields.h"

#define HJ212_TIME "YYYYMMDDhhmmss" /* some write milliseconds behind it */

struct hj212_dialect hj212_dialect_of(const struct instrument *instrument);

/* What a message is to an instrument. */
enum hj212_kind {
	HJ212_FOREIGN, /* of another MN, ST or part: not our business */
	HJ212_OTHER,   /* of our instrument, and no reading */
	HJ212_READING,
	HJ212_READY,   /* it will do what it was asked for */
	HJ212_DONE,    /* it has */
	HJ212_REFUSAL, /* it will not: see hj212_declined */
};
int hj212_kind_of(
        const struct instrument *instrument, const struct text_fields *fields);

/* Whether anything is named between && and &&.  Without that it is a request, of another master or ours come
 * back; or it is encrypted, as the edition of 2025 may. */
bool hj212_has_content(const struct text_fields *fields);

/* Why it refuses (HJ 212-2017: QnRtn and ExeRtn); false if it does not. */
bool hj212_declined(const struct text_fields *fields, struct declined *out);

/* "w01018" of "w01018-Rtd", with `-tail` behind; "" if the field has no code. */
void hj212_beside(const char *field, const char *tail, char out[FIELD_NAME]);

/* State that a flag gives a channel, by its letter. */
uint8_t hj212_flag_state(char letter);

/* ---- the driver's functions (sensors/tables/driver.h) ---- */
void hj212_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out);
bool hj212_fields_of(const struct instrument *instrument, const struct came *came,
        struct text_fields *out);
uint8_t hj212_flag(
        const struct instrument *instrument, const struct came *came, size_t i);
int64_t hj212_sampled(const struct instrument *instrument, const struct came *came,
        const struct profile_time *time);
size_t hj212_vendor(const struct instrument *instrument, const struct came *came,
        const struct profile_words *words, uint8_t *out, size_t room);
void hj212_explain(const struct instrument *instrument, const struct came *came,
        size_t i, struct sentence *out);
bool hj212_blame(const struct instrument *instrument, const uint8_t *in, size_t n,
        struct sentence *out);
void hj212_check(struct profile_checker *check);
int hj212_asked_of(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t hj212_say(const struct speech *speech, const uint8_t *in, size_t n, uint8_t *out,
        size_t room);

extern const struct section hj212_section;
extern const struct driver hj212_driver;

#endif

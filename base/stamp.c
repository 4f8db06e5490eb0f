/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/stamp.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/legal_time.h"

void stamp_request(const uint8_t hash[DIGEST_SIZE], const uint8_t nonce[STAMP_NONCE],
        uint8_t out[STAMP_REQUEST])
{
	// clang-format off
	static const uint8_t before[] = {
		0x30, STAMP_REQUEST - 2,
		0x02, 0x01, 0x01,                                     /* version 1 */
		0x30, 0x31,                                           /* messageImprint */
		0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x05, 0x00,                                           /* SHA-256 */
		0x04, 0x20,                                           /* then its 32 bytes */
	};
	static const uint8_t certificate[] = { 0x01, 0x01, 0xff };
	// clang-format on
	uint8_t *at = out;
	memcpy(at, before, sizeof before);
	at += sizeof before;
	memcpy(at, hash, DIGEST_SIZE);
	at += DIGEST_SIZE;
	*at++ = 0x02;
	*at++ = STAMP_NONCE;
	memcpy(at, nonce, STAMP_NONCE);
	at[0] = (uint8_t)((at[0] & 0x7f) | 0x40); /* positive, and never shorter */
	memcpy(at + STAMP_NONCE, certificate, sizeof certificate);
}

static int malformed(struct problem *why, const char *what)
{
	return problem_set(why, MALFORMED, EXIT_DAMAGED, "time stamp: %s", what);
}

/* ---- what it says ---- */

static bool imprint_take(struct stamp *stamp, TS_TST_INFO *info)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OBJECT *kind = NULL;
	if (imprint == NULL)
		return false;
	X509_ALGOR_get0(&kind, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	ASN1_OCTET_STRING *hash = TS_MSG_IMPRINT_get_msg(imprint);
	if (OBJ_obj2nid(kind) != NID_sha256 || ASN1_STRING_length(hash) != DIGEST_SIZE)
		return false;
	memcpy(stamp->hash, ASN1_STRING_get0_data(hash), DIGEST_SIZE);
	return true;
}

static bool time_take(struct stamp *stamp, const TS_TST_INFO *info)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1)
		return false;
	stamp->time_us = (int64_t)timegm(&tm) * US_PER_S;
	return true;
}

static bool granted(TS_RESP *answer)
{
	const TS_STATUS_INFO *info = TS_RESP_get_status_info(answer);
	long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
	return status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS;
}

/* ---- who signed it ---- */

/* The certificate's hash as the first of ESSCertID or ESSCertIDv2 has it: three
 * sequences deep, behind the name of its kind, if that is not `kind`. */
static bool has_hash(const ASN1_STRING *words, const EVP_MD *kind, const X509 *one)
{
	const unsigned char *at = ASN1_STRING_get0_data(words);
	const unsigned char *end = at + ASN1_STRING_length(words);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	for (int deep = 0; deep < 3; deep++) {
		long n;
		int tag, class;
		int form = ASN1_get_object(&at, &n, &tag, &class, end - at);
		if ((form & 0x80) != 0 || tag != V_ASN1_SEQUENCE)
			return false;
		end = (form & 1) != 0 ? end : at + n;
	}
	X509_ALGOR *named = at < end && *at == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)
	                            ? d2i_X509_ALGOR(NULL, &at, end - at)
	                            : NULL;
	if (named != NULL) {
		const ASN1_OBJECT *object;
		X509_ALGOR_get0(&object, NULL, NULL, named);
		kind = EVP_get_digestbyobj(object);
	}
	ASN1_OCTET_STRING *hash = d2i_ASN1_OCTET_STRING(NULL, &at, end - at);
	bool same = hash != NULL && kind != NULL &&
	            X509_digest(one, kind, digest, &size) == 1 &&
	            ASN1_STRING_length(hash) == (int)size &&
	            memcmp(ASN1_STRING_get0_data(hash), digest, size) == 0;
	ASN1_OCTET_STRING_free(hash);
	X509_ALGOR_free(named);
	return same;
}

/* It is among what was signed (RFC 3161 2.4.2, RFC 5816): else another certificate of
 * the same key would do, with any name in it. */
static bool names_certificate(PKCS7 *token, const X509 *one)
{
	PKCS7_SIGNER_INFO *signer =
	        sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token), 0);
	ASN1_TYPE *words = PKCS7_get_signed_attribute(
	        signer, NID_id_smime_aa_signingCertificateV2);
	if (words != NULL && words->type == V_ASN1_SEQUENCE)
		return has_hash(words->value.sequence, EVP_sha256(), one);
	words = PKCS7_get_signed_attribute(signer, NID_id_smime_aa_signingCertificate);
	return words != NULL && words->type == V_ASN1_SEQUENCE &&
	       has_hash(words->value.sequence, EVP_sha1(), one);
}

static bool signer_take(struct stamp *stamp, PKCS7 *token)
{
	STACK_OF(X509) *signer = PKCS7_get0_signers(token, NULL, 0);
	if (signer == NULL)
		return false;
	const X509 *one = sk_X509_num(signer) == 1 && names_certificate(token,
	                                                      sk_X509_value(signer, 0))
	                          ? sk_X509_value(signer, 0)
	                          : NULL;
	if (one != NULL)
		X509_NAME_oneline(X509_get_subject_name(one), stamp->authority,
		        sizeof stamp->authority);
	sk_X509_free(signer);
	return one != NULL;
}

static int answer_take(struct stamp *stamp, TS_RESP *answer, struct problem *why)
{
	PKCS7 *token = TS_RESP_get_token(answer);
	TS_TST_INFO *info = TS_RESP_get_tst_info(answer);
	if (!granted(answer))
		return problem_set(why, REFUSED, EXIT_DAMAGED,
		        "time stamp: the authority did not give one");
	if (token == NULL || info == NULL)
		return malformed(why, "there is none in the answer");
	if (!imprint_take(stamp, info) || !time_take(stamp, info))
		return malformed(why, "it is not over a SHA-256, or has no time");
	if (PKCS7_verify(token, NULL, NULL, NULL, NULL, PKCS7_NOVERIFY) != 1 ||
	        !signer_take(stamp, token))
		return malformed(why, "the certificate in it did not sign it");
	return OK;
}

int stamp_read(struct stamp *stamp, const uint8_t *in, size_t n, struct problem *why)
{
	const unsigned char *at = in;
	*stamp = (struct stamp){ 0 };
	TS_RESP *answer = d2i_TS_RESP(NULL, &at, (long)n);
	if (answer == NULL)
		return malformed(why, "this is no answer of an authority (RFC 3161)");
	int status = at == in + n ? answer_take(stamp, answer, why)
	                          : malformed(why, "there are bytes behind it");
	TS_RESP_free(answer);
	return status;
}

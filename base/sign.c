/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sign.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"

#define PEM_MOST 4096

struct sign_key {
	EVP_PKEY *pair;
	uint8_t public_key[SIGN_PUBLIC];
};

static int cannot(struct problem *why, const char *path, const char *what)
{
	return problem_set(why, FAILED, EXIT_CONFIG, "%s: cannot be %s: %s", path, what,
	        file_reason(errno));
}

/* ---- files ---- */

static int memory_store(const char *path, BIO *text, unsigned mode, struct problem *why)
{
	char *bytes;
	long n = BIO_get_mem_data(text, &bytes);
	if (n <= 0 || file_replace(path, bytes, (size_t)n, mode) != OK)
		return cannot(why, path, "written");
	return OK;
}

static int public_store(const char *path, EVP_PKEY *key, struct problem *why)
{
	BIO *text = BIO_new(BIO_s_mem());
	int status = text != NULL && PEM_write_bio_PUBKEY(text, key) == 1
	                     ? memory_store(path, text, 0644, why)
	                     : problem_set(why, FAILED, EXIT_INTERNAL,
	                               "%s: a key cannot be written", path);
	BIO_free(text);
	return status;
}

static int secret_store(const char *path, EVP_PKEY *key, struct problem *why)
{
	BIO *text = BIO_new(BIO_s_secmem());
	int status = text != NULL && PEM_write_bio_PrivateKey(
	                                     text, key, NULL, NULL, 0, NULL, NULL) == 1
	                     ? memory_store(path, text, 0400, why)
	                     : problem_set(why, FAILED, EXIT_INTERNAL,
	                               "%s: a key cannot be written", path);
	BIO_free(text);
	return status;
}

int sign_key_new(const char *secret, const char *public_path, struct problem *why)
{
	if (access(secret, F_OK) == 0 || access(public_path, F_OK) == 0)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: there is a key of this name already; a key is never "
		        "overwritten",
		        secret);
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (key == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no key could be made");
	int status = secret_store(secret, key, why);
	if (status == OK)
		status = public_store(public_path, key, why);
	EVP_PKEY_free(key);
	return status;
}

static int public_of(EVP_PKEY *key, uint8_t out[SIGN_PUBLIC])
{
	size_t n = SIGN_PUBLIC;
	return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
	                       EVP_PKEY_get_raw_public_key(key, out, &n) == 1 &&
	                       n == SIGN_PUBLIC
	               ? OK
	               : MALFORMED;
}

int sign_public_read(const char *path, uint8_t out[SIGN_PUBLIC], struct problem *why)
{
	char *text;
	size_t n;
	int status = file_read(path, PEM_MOST, &text, &n);
	if (status != OK)
		return problem_set(why, status, EXIT_NO_FILE, "%s: cannot be read: %s",
		        path, file_reason(errno));
	BIO *in = BIO_new_mem_buf(text, (int)n);
	EVP_PKEY *key = in != NULL ? PEM_read_bio_PUBKEY(in, NULL, NULL, NULL) : NULL;
	status = key != NULL ? public_of(key, out) : MALFORMED;
	EVP_PKEY_free(key);
	BIO_free(in);
	free(text);
	return status == OK ? OK
	                    : problem_set(why, MALFORMED, EXIT_CONFIG,
	                              "%s: this is no public Ed25519 key in PEM form; "
	                              "quantrac keys new NAME --sign makes one: "
	                              "NAME.sign.pub",
	                              path);
}

int sign_public_write(
        const char *path, const uint8_t public_key[SIGN_PUBLIC], struct problem *why)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	        EVP_PKEY_ED25519, NULL, public_key, SIGN_PUBLIC);
	if (key == NULL)
		return problem_set(
		        why, MALFORMED, EXIT_DAMAGED, "%s: this is no key", path);
	int status = public_store(path, key, why);
	EVP_PKEY_free(key);
	return status;
}

/* ---- secret keys ---- */

static int secret_parse(struct sign_key *key, const char *text, size_t n)
{
	BIO *in = BIO_new_mem_buf(text, (int)n);
	key->pair = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;
	BIO_free(in);
	return key->pair != NULL ? public_of(key->pair, key->public_key) : MALFORMED;
}

int sign_key_open(struct sign_key **out, const char *path, struct problem *why)
{
	struct stat st;
	char *text;
	size_t n;
	*out = NULL;
	if (stat(path, &st) != 0)
		return problem_set(why, errno == ENOENT ? NOT_FOUND : FAILED,
		        EXIT_CONFIG, "%s: cannot be read: %s", path,
		        file_reason(errno));
	if (S_ISDIR(st.st_mode))
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: this is a folder; name the file of the secret key", path);
	if ((st.st_mode & 077) != 0)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: others may read this secret key: chmod 400 %s, and think "
		        "about who has read it",
		        path, path);
	if (file_read(path, PEM_MOST, &text, &n) != OK)
		return cannot(why, path, "read");
	struct sign_key *key = calloc(1, sizeof *key);
	int status = key != NULL ? secret_parse(key, text, n) : FAILED;
	explicit_bzero(text, n);
	free(text);
	if (status != OK) {
		sign_key_close(key);
		return problem_set(why, MALFORMED, EXIT_CONFIG,
		        "%s: this is no secret Ed25519 key in PEM form; quantrac keys "
		        "new NAME --sign makes one",
		        path);
	}
	*out = key;
	return OK;
}

void sign_key_close(struct sign_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pair);
	free(key);
}

const uint8_t *sign_key_public(const struct sign_key *key)
{
	return key->public_key;
}

/* ---- signatures ---- */

int sign_make(
        const struct sign_key *key, const void *text, size_t n, uint8_t out[SIGN_SIZE])
{
	size_t size = SIGN_SIZE;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool made = context != NULL &&
	            EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
	            EVP_DigestSign(context, out, &size, text, n) == 1 &&
	            size == SIGN_SIZE;
	EVP_MD_CTX_free(context);
	return made ? OK : FAILED;
}

int sign_check(const uint8_t public_key[SIGN_PUBLIC], const void *text, size_t n,
        const uint8_t signature[SIGN_SIZE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	        EVP_PKEY_ED25519, NULL, public_key, SIGN_PUBLIC);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool right = key != NULL && context != NULL &&
	             EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	             EVP_DigestVerify(context, signature, SIGN_SIZE, text, n) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return right ? OK : MALFORMED;
}

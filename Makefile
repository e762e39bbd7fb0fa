# pt: build, test, install.  `make help` lists the targets.
#
# Everything that is made goes to build/; build/asan holds the same tree built with sanitizers.
# A program is cmd/pt-NAME.c, with cmd/pt-NAME/*.c for its subcommands where it has them.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
CC       ?= gcc
PKG      ?= pkg-config
BUILD    ?= build

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
            -Wpointer-arith -Wundef -Wwrite-strings
CFLAGS   ?= -O2 -g
CPPFLAGS += -Ilib -D_GNU_SOURCE -DPT_VERSION='"$(VERSION)"'
NEEDED   := sqlite3 gsl zlib
OPTIONAL :=

ALL_CFLAGS = -std=c17 $(WARN) $(if $(WERROR),-Werror) $(CFLAGS) $(SANITIZE) -fstack-protector-strong \
             -D_FORTIFY_SOURCE=2 $(shell $(PKG) --cflags $(NEEDED))
ALL_LIBS   = $(shell $(PKG) --libs $(NEEDED)) -lm -lpthread

LIB_SRC  := $(sort $(wildcard lib/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
PROGRAMS := $(sort $(notdir $(basename $(wildcard cmd/pt-*.c))))
BINS     := $(PROGRAMS:%=$(BUILD)/%)
CMD_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/*.c cmd/*/*.c))

.PHONY: all
all: $(BINS) $(BUILD)/trading-day

$(BUILD)/libpt.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

define program
$(BUILD)/$(1): $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1).c cmd/$(1)/*.c)) $(BUILD)/libpt.a
	$$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(BUILD)/trading-day: samples/trading-day.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< -lm

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

.PHONY: clean
clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d)

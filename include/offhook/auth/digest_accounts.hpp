#ifndef OFFHOOK_AUTH_DIGEST_ACCOUNTS_HPP
#define OFFHOOK_AUTH_DIGEST_ACCOUNTS_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/message/safe_value.hpp"

namespace offhook {

/// Who the application is in one realm.
struct DigestAccount {
    std::string realm;    ///< as the server names it: the case counts
    std::string username; ///< UTF-8, sent as it is
    std::string password; ///< any bytes; never sent
};

/// The realms to which the application answers, and no other: a peer that challenges with a realm
/// which is not here learns nothing. Whoever names one of these gets a digest that can be guessed
/// at, so give the table only to requests whose next hop may see one. RFC 3261 §22.1
class DigestAccounts {
public:
    /// In place of what is there for the realm. Throws UnsafeValue where the realm or the user name
    /// holds CR, LF or NUL.
    void set(DigestAccount account) {
        if (const Refusal refused = try_set(std::move(account))) raise(refused);
    }
    /// set(), with the refusal as the result.
    Refusal try_set(DigestAccount account) {
        if (!is_safe_value(account.realm) || !is_safe_value(account.username)) {
            return {Errc::unsafe_value,
                    "set",
                    {},
                    "a realm and a user name without CR, LF or NUL",
                    "RFC 3261 §25.1"};
        }
        remove(account.realm);
        accounts_.push_back(std::move(account));
        return {};
    }

    /// False where there is none.
    bool remove(std::string_view realm) {
        for (DigestAccount& account : accounts_) {
            if (account.realm != realm) continue;
            std::swap(account, accounts_.back());
            accounts_.pop_back();
            return true;
        }
        return false;
    }

    /// Null where the application has not named the realm. Valid until the next change.
    const DigestAccount* find(std::string_view realm) const {
        for (const DigestAccount& account : accounts_)
            if (account.realm == realm) return &account;
        return nullptr;
    }

    /// Whether no realm is known.
    bool empty() const { return accounts_.empty(); }

private:
    std::vector<DigestAccount> accounts_;
};

} // namespace offhook

#endif

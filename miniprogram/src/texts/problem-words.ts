import type { Locale } from './locale'

/** Titles of refusals that a worker meets, by the service's code; it says them in simplified Chinese itself. */
const TITLES: Record<string, readonly [hk: string, en: string]> = {
  full: ['名額已經滿了，看看別的活動吧', 'No seats left; see other activities'],
  not_open: ['還沒開始報名', 'Sign-up has not opened yet'],
  closed: ['報名已經結束', 'Sign-up is over'],
  called_off: ['這個活動取消了，看看別的活動吧', 'This activity was called off'],
  over: ['這個活動已經結束了', 'This activity is over'],
  no_seat: ['現在沒有名額，還沒有入場碼', 'No seat yet, so no entry code'],
  group: ['這個分組報不了，換一個', 'This group is not open to you; choose another'],
  gone_on_already: ['這件事你已經接著辦了，在辦的是另一件', 'You have gone on with this already, in another case'],
  ended: ['這件事已經結束了；要接着辦，請點「重新辦理」或重新提交', 'This matter has ended; have it reopened or submit anew'],
  changed: ['這件事剛剛有人改過，請重新打開看看再辦', 'This has just changed; open it again first'],
  step_not_possible: ['這一步現在做不了，請重新打開看看', 'This is not possible now; open it again'],
  not_withdrawable: ['現在不能撤回了', 'It can no longer be withdrawn'],
  judged_elsewhere: ['這樣改就該由別的工會辦了，這一件裏改不了：請另外提交一件。什麼都沒有保存', 'This way another union would have to decide, so it cannot be changed here: please send another one. Nothing was saved'],
  other_publication: ['選了的公示不能換：對另一條有異議，請另外提交一件。什麼都沒有保存', 'What was chosen stays: to object to another publication, please send another one. Nothing was saved'],
  already_rated: ['你已經評價過了，謝謝', 'You have rated already, thank you'],
  nobody_assigned: ['現在沒有人可以單獨談：律師接了才行。急事請打工會電話，或者在留言裏說', 'Nobody to talk to in private yet: a lawyer has to take the case first. If it is urgent, call the union or write a message'],
  nothing_to_rate: ['這件事還沒有答覆，等有了結果再評價', 'There is no answer to rate yet'],
  too_late: ['過了時間，撤不回來了', 'Too late to take it back'],
  shut_by_union: ['工會說今天關門。要開的話，先打電話給街道工會', 'The union has it closed today. To open it, call the street union first'],
  closed_for_good: ['這個驛站已經關了', 'This station has closed for good'],
  consent_required: ['還有說明需要你看過並同意', 'There are texts to read and agree to first'],
  level_required: ['要先認證身份才能做這一步', 'Please verify your identity first'],
  account_frozen: ['這個帳號暫時停用了，裏面的東西都還在。請打工會電話問', 'This account is suspended, nothing in it is lost. Please call the union'],
  sms_code_invalid: ['驗證碼不對或已經過期，請重新獲取', 'The code is wrong or too old; please get a new one'],
  step_up_required: ['為了保護你的資料，請先用短訊驗證碼確認是你本人', 'To protect your data, please confirm with an SMS code first'],
  pin_required: ['請先輸入你的 6 位解鎖碼', 'Please enter your PIN first'],
  pin_missing: ['請輸入這個人自己的 6 位解鎖碼', 'Please enter that person\'s own PIN'],
  pin_wrong: ['解鎖碼不對，請再試一次', 'Wrong PIN; please try again'],
  pin_locked: ['解鎖碼錯了太多次，15 分鐘後再試', 'Too many wrong PINs; try again in 15 minutes'],
  pin_first: ['請先給自己設一個解鎖碼，別人用這部手機時就看不到你的事', 'Set a PIN for yourself first, so that others on this phone cannot see what is yours'],
  no_pin: ['你還沒有設解鎖碼', 'You have no PIN'],
  too_many_here: ['這裏的人滿了，不能再加。請用自己的微信或手機號登入，或者打工會電話問', 'No more people can be added here. Use your own WeChat or phone number, or call the union'],
  sign_in_again: ['請先登出，再登入一次，然後馬上來加人', 'Sign out, sign in once more, then add the person at once'],
  not_a_member: ['你還沒有會籍，先完成實名認證；已經認證的，請聯絡你的工會', 'You are no member yet. Verify your identity; if you have, ask your union'],
  no_phone: ['這個帳號還沒有登記手機號，請先登記', 'This account has no phone yet; please add one first'],
  already_asked: ['你上次的申請還在辦，辦好會在消息裏告訴你', 'Your last request is still being handled; you will get a message'],
  wechat_code_invalid: ['登入沒有成功，請再試一次', 'Signing in failed; please try again'],
  token_invalid: ['登入已過期，請重新登入', 'Your sign-in ran out; please sign in again'],
  anonymous_with_token: ['匿名提交時不要帶登入資料：請登出再提交', 'Please sign out before submitting anonymously'],
  in_progress: ['上一次提交還在辦，請稍等幾秒再看', 'The last try is still under way; look again in a few seconds'],
  invalid: ['有幾處需要改一改', 'A few things need to be corrected'],
  forbidden: ['你還不能做這一步', 'You cannot do this yet'],
  conflict: ['情況剛剛有變化，請重新打開再看', 'Something has just changed; please open it again'],
  gone: ['連結已經過期，請重新打開', 'The link has expired; please open it again'],
  too_large: ['內容太大了，請刪減後再傳', 'Too large; please make it smaller'],
  malformed: ['這個版本太舊，請更新後再試', 'This version is too old; please update'],
  unavailable: ['暫時忙不過來，請稍後再試', 'Too busy right now; please try again later'],
}

/** The title in the page's language, null where the service's own has to stand. */
export function problemTitle(code: string, locale: Locale): string | null {
  if (locale === 'zh-Hans') return null
  return TITLES[code]?.[locale === 'en' ? 1 : 0] ?? null
}

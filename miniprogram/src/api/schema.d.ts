/* Made by scripts/gen-api.mjs from the service's OpenAPI document. Do not edit. */
export interface paths {
    "/api/v1/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 谁办的、电话多少、地图用什么 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["About"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sms-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 发短信验证码；不管号码有没有登记过，回答都一样 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SmsCodeRequest"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SmsCodeAnswer"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** 退出登录 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 各项同意书的现行版本 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentTextList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/consents/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        get?: never;
        /** 同意一项说明；旧版本不算 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentVersion"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GrantedConsentList"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** 撤回同意；靠它做的事马上停，见说明里的 stops */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GrantedConsentList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 登录：用微信的 code，或者手机号加短信验证码 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的账号 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** 注销账号：先有 15 天可以反悔；要先确认是本人 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Closing"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我登记的手机号，全的：给“请打给我”先填上 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnPhone"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** 用微信的手机号按钮登记手机号 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PhoneCode"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 实名认证 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Verdict"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/verification/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 工作人员要的照片：先传附件，再在这里交上；办完 30 天内删掉 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的会员码，一天内离线可用 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Card"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** 单位把我报进了会员名单：是我愿意、不想入会、不是我、以后再说 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InvitationAnswer"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/card-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 核对会员码用的公钥 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CardKeyList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sms-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 给自己登记的手机号发验证码 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SmsCodeAnswer"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/step-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 用短信验证码确认是本人；十分钟内可以导出信息、注销账号 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StepUpCode"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StepUp"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 系统里关于我的全部信息；要先确认是本人 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Export"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/closing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** 不注销了 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/corrections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 请工会更正自己改不了的信息 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Correction"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CorrectionAsked"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 这部手机上的人，当前的在前 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SharingList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** 另一个人也用这部手机：开一个新账号，换成他；自己的登录到此为止 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/profiles/{profile_id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profile_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 换成这部手机上的另一个人；设了解锁码的要他自己的解锁码，自己的登录到此为止 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    profile_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 设没设解锁码 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PinState"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** 设 6 位解锁码或者换一个；要先输入旧解锁码，没有或忘了的用短信验证码确认是本人 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Pin"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PinState"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** 不要解锁码了；要先输入解锁码 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/pin/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 输入解锁码；十分钟内这台手机不再问 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Pin"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PinCheck"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可以选的街道 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreetList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我填的工作情况 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Work"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** 更正自己能改的：工作类别、就业形式、单位、常在的街道、原来的工会；没写的不变 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OwnChanges"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}/proxies": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        /** 这个驿站今天代填的；过了今天就看不到了 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** 站长替来驿站的工友填；要念的都念过、工友说了同意 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProxyBody"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Receipt"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/case-claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 把别人替我填的事放到“我的事”里：凭编号和登录的手机号 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ClaimBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的消息，新的在前 */
        get: {
            parameters: {
                query?: {
                    /** @description 上一页给的 next_cursor */
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/{notice_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 标为已读 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    notice_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Notice"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/subscription-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可以订阅的微信提醒 */
        get: {
            parameters: {
                query?: {
                    /** @description 办完哪件事以后问：办事、报名、认证。不填就是全部 */
                    for?: "case" | "activity" | "verification" | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateList"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我订阅的微信提醒，每种还能发几次 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SubscriptionList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** 在微信的弹窗里选了什么；同意一次，就能发一次 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SubscriptionReport"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SubscriptionList"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 找活动，先开始的在前（已结束的，后开始的在前） */
        get: {
            parameters: {
                query?: {
                    /** @description 上一页给的 next_cursor */
                    cursor?: string | null;
                    limit?: number;
                    /** @description 不填：还没结束的；填了 from 或 to：那段时间里的全部 */
                    status?: "upcoming" | "soon" | "open" | "closed" | "past" | "cancelled" | null;
                    kind?: "health" | "course" | "lecture" | "festival" | "sport" | "culture" | "care" | "family" | "skills" | null;
                    /** @description 区的六位代码，例如 440304 */
                    district?: string | null;
                    q?: string | null;
                    /** @description 日期（2026-03-01）或带时区的时间 */
                    from?: string | null;
                    /** @description 日期（2026-03-01）或带时区的时间 */
                    to?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActivityList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities/{activity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                activity_id: string;
            };
            cookie?: never;
        };
        /** 一个活动：分组和余位、规则；登录后还有自己的报名 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    activity_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActivityDetail"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities/{activity_id}/signups": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                activity_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 报名；满了就排候补（有候补的活动） */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    activity_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignupBody"];
                };
            };
            responses: {
                /** @description 已经报过名，还是那一个 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signup"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signup"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities/{activity_id}/signups/mine": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                activity_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** 取消自己的报名，或不要轮到的名额；名额让给下一个人 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    activity_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signup"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/signups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的报名，新的在前 */
        get: {
            parameters: {
                query?: {
                    /** @description 上一页给的 next_cursor */
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnSignupList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signups/{signup_id}/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signup_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 要轮到的名额 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    signup_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signup"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signups/{signup_id}/pass": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signup_id: string;
            };
            cookie?: never;
        };
        /** 入场码；到活动结束前有效，没有网络也能出示 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    signup_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pass"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pass-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 核对入场码用的公钥 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PassKeyList"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signups/{signup_id}/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signup_id: string;
            };
            cookie?: never;
        };
        /** 放进手机日历的一条，提前一天和两小时各提醒一次 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    signup_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/calendar": string;
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a file for a day, until a case claims it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["Upload"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Uploaded"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments/{attachment_id}/covers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                attachment_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cover faces and number plates of a picture, before a case claims it. What lay there is kept nowhere. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    attachment_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Covers"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Covered"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a file that comes in parts, e.g. over a bad network. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUpload"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadProgress"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        /** Which parts are missing. */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 不登录上传时给的凭证 */
                    "Upload-Claim"?: string | null;
                };
                path: {
                    upload_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadProgress"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/parts/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
                number: number;
            };
            cookie?: never;
        };
        get?: never;
        /** Send a part, in any order; the same one again is fine. */
        put: {
            parameters: {
                query?: never;
                header: {
                    /** @description 不登录上传时给的凭证 */
                    "Upload-Claim"?: string | null;
                    /** @description 这一段的 SHA-256，小写十六进制 */
                    "Part-Sha256": string;
                };
                path: {
                    upload_id: string;
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadProgress"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/attachment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the attachment out of the parts; its secret is the upload's. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 不登录上传时给的凭证 */
                    "Upload-Claim"?: string | null;
                };
                path: {
                    upload_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Uploaded"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments/{attachment_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                attachment_id: string;
            };
            cookie?: never;
        };
        /** The file behind a link, or the part of it that a player asks for. The signature is the right to see it. */
        get: {
            parameters: {
                query: {
                    expires: number;
                    sig: string;
                    name?: string;
                };
                header?: never;
                path: {
                    attachment_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description 文件 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": string;
                        "image/png": string;
                        "application/pdf": string;
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": string;
                        "audio/mpeg": string;
                        "audio/mp4": string;
                        "audio/aac": string;
                        "audio/amr": string;
                        "audio/wav": string;
                        "audio/ogg": string;
                        "audio/webm": string;
                        "video/mp4": string;
                        "video/webm": string;
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 链接已经过期，请重新打开 */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Requested Range Not Satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 能办的事 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServiceList"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        /** 一件事怎么办：表、期限、要同意什么、填好的例子 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServiceForm"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/publications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 公示：只写姓、街道和类别，到期就没有了 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicationList"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/publications/open-to-objection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 提异议时选哪一条公示：正在公示的，只写姓和街道 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ObjectedList"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 提交；匿名的不带登录信息 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewCase"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{key}/alike": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 可能已经有人反映过的；什么都不保存 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlikeQuestion"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlikeList"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的事，新的在前 */
        get: {
            parameters: {
                query?: {
                    /** @description 上一页给的 next_cursor */
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaseList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        /** 一件事的全部 */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/carried/{service}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
                service: string;
            };
            cookie?: never;
        };
        /** 接着办另一项服务：表里先填上写过的，什么都不提交 */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                    service: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Carried"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/carried/{service}/files": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
                service: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 把交过的文件也带上：各存一份，像刚上传的一样，一天内提交有效 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                    service: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FilesToCopy"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Copied"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 留言 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/supplements": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 补充或改正填过的内容 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Supplement"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 撤回 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 同意这件事现在要你同意的，比如转给 12345 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Agreement"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/acknowledgement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 看到了工会问的；匿名的事从看到以后才停下来等补充 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/refusal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 不同意；工会接着办 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/rating": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 评价；没解决的可以接着要求重新办理 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Rating"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/outcome": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 说说解决没有，不算评价：由 12345 回访的事，评价由 12345 问 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/reopening": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 要求重新办理，只有一次 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Reopening"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/replacement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 要求换人，比如换一位律师 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Reopening"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/talk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 单独给在办的人（比如律师）写话、传文件，工会的人看不到 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Talking"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{no}/handing-on": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                no: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 把以前单独谈的话转给现在在办的人看 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 匿名提交时给的暗号；带了它就不要带登录信息 */
                    "Case-Secret"?: string | null;
                };
                path: {
                    no: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Case"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/city/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 12345 推送的工单和进展（要签名） */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Taken"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 区、街道、社区 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AreaTree"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 名字里有这几个字的单位工会、工联会；没有也可以自己写 */
        get: {
            parameters: {
                query: {
                    /** @description 名字里的几个字 */
                    q: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrganisationList"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 附近的驿站，近的在前 */
        get: {
            parameters: {
                query?: {
                    /** @description 上一页给的 next_cursor */
                    cursor?: string | null;
                    limit?: number;
                    /** @description 纬度,经度 */
                    near?: string | null;
                    /** @description 米；和 near 一起用，不写是 3000 */
                    radius?: number | null;
                    /** @description 可以写几个，要同时都有 */
                    amenity?: ("S01" | "S02" | "S03" | "S04" | "S05" | "S06" | "S07" | "S08" | "S09" | "S10" | "S11" | "S12" | "S13" | "S14" | "S15" | "S16" | "S17" | "S18" | "S19" | "S20" | "S21" | "S22" | "S23" | "S24" | "S25" | "S26" | "S27" | "S28" | "S29" | "S30")[];
                    /** @description 只看现在开着的和说不准的 */
                    open?: "now" | null;
                    /** @description 只看那个时候开着的和说不准的 */
                    at?: string | null;
                    kind?: "post" | "window" | "centre" | "library" | "nursing_room" | "canteen" | "legal_desk" | null;
                    entry?: "walk_in" | "ring" | "scan" | "register" | "members_only" | null;
                    /** @description 区（6 位）或街道（9 位）的编号 */
                    district?: string;
                    is_24h?: boolean;
                    /** @description 名称、地址或编号里的字 */
                    q?: string;
                    /** @description 西,南,东,北 */
                    bbox?: string | null;
                    /** @description near 和 bbox 用的坐标系；回答都是 gcj02 */
                    datum?: "gcj02" | "wgs84" | "bd09";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StationList"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        /** 一个驿站：现在开没开、开放时间、有什么、怎么进、值班电话 */
        get: {
            parameters: {
                query?: {
                    /** @description 纬度,经度 */
                    near?: string | null;
                    datum?: "gcj02" | "wgs84" | "bd09";
                };
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StationDetail"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}/qr.png": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        /** 贴在门口的二维码，扫开就是这个驿站的页面 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": string;
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 到了，开着还是没开门；什么坏了，什么修好了 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 本机随机号；没登录的要带，登录了的不看 */
                    "X-Device"?: string;
                };
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportBody"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}/reports/{report_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
                report_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** 刚才点错了，收回（10 秒内） */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 本机随机号；没登录的要带，登录了的不看 */
                    "X-Device"?: string;
                };
                path: {
                    code: string;
                    report_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我管的驿站：今天怎么样，每天要看哪些设备 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptStationList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/manager-bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 用街道工会给的码当站长 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BindingBody"];
                };
            };
            responses: {
                /** @description 已经是这里的站长 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptStation"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptStation"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/manager-bindings/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** 不当这个驿站的站长了 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{code}/duty": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 开门了，或者今天不开；顺便说看过的设备好不好。说错了，再说一次，以最后一次为准 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DutyBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptStation"];
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 情况刚刚有变化，请刷新后再看 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 不支持这种格式 */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 操作太频繁，请稍等一会儿再试 */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** 收回站长今天说的开门或不开，回到没说过的样子 */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptStation"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 没有找到，可能已经撤下或链接不完整 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 一次找三样：驿站（近的在前）、活动、能办的事 */
        get: {
            parameters: {
                query: {
                    /** @description 纬度,经度 */
                    near?: string | null;
                    datum?: "gcj02" | "wgs84" | "bd09";
                    /** @description 想找什么，用自己的话说 */
                    q: string;
                    /** @description 每一类最多几条 */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Found"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wechat/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 微信确认这个地址是我们的 */
        get: {
            parameters: {
                query?: {
                    /** @description Unix 时间，和现在差 10 分钟以上就不收 */
                    timestamp?: string;
                    nonce?: string;
                    /** @description 明文方式的签名 */
                    signature?: string;
                    /** @description 安全方式的签名 */
                    msg_signature?: string;
                    echostr?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** 微信推送的事件（JSON 或 XML，明文或加密） */
        post: {
            parameters: {
                query?: {
                    /** @description Unix 时间，和现在差 10 分钟以上就不收 */
                    timestamp?: string;
                    nonce?: string;
                    /** @description 明文方式的签名 */
                    signature?: string;
                    /** @description 安全方式的签名 */
                    msg_signature?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description 请求的格式不对，请更新小程序后再试 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 你还不能做这一步 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 内容太大了，请删减后再传 */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 有几处需要改一改 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dev/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可以登录的演示人物 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DemoIdentityList"];
                    };
                };
                /** @description 请先登录 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 我们出了点问题，已经记下，请稍后再试 */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 暂时忙不过来，请稍后再试 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        PaginationMetadata: {
            /** @description Total number of items. */
            total?: number;
            /** @description Total number of pages. */
            total_pages?: number;
            /** @description First available page number. */
            first_page?: number;
            /** @description Last available page number. */
            last_page?: number;
            /** @description Current page number. */
            page?: number;
            /** @description Previous page number. */
            previous_page?: number;
            /** @description Next page number. */
            next_page?: number;
        };
        Reason: {
            code: string;
            /** @description 说明里的那个数 */
            limit?: number;
        };
        Problem: {
            type: string;
            /** @description 中文，说清楚该怎么办 */
            title: string;
            status: number;
            code: string;
            detail?: string;
            /** @description 字段的路径（用点分开）→ 说明 */
            errors?: {
                [key: string]: string[];
            };
            /** @description 字段的路径 → 第一条说明的代号，给别的语言的页面用；有的说明没有 */
            reasons?: {
                [key: string]: components["schemas"]["Reason"];
            };
            /** @description 缺的认证等级（code 为 level_required 时） */
            required_level?: string;
            /** @description 还可以试几次（code 为 pin_wrong 时） */
            tries_left?: number;
            request_id: string;
        };
        MapTiles: {
            url: string;
            attribution: string;
        };
        About: {
            union_name: string;
            union_phone: string;
            tiles: components["schemas"]["MapTiles"] | null;
            /** @description 演示环境：可以用演示人物登录 */
            demo: boolean;
        };
        SmsCodeRequest: {
            /** @description 11 位手机号；香港、澳门的号码前面加 +852 或 +853 */
            phone: string;
        };
        SmsCodeAnswer: {
            valid_seconds: number;
            again_after_seconds: number;
        };
        ConsentText: {
            /** @enum {string} */
            key: "terms" | "identity" | "face" | "location" | "health" | "finance" | "family" | "sharing" | "publication" | "contact" | "truth";
            version: string;
            title: string;
            text: string;
            /** @description 涉及敏感信息，要单独勾选 */
            separate: boolean;
            /** @description 撤回以后什么会停；不能撤回的为 null */
            stops: string | null;
            /** @description 为什么不能撤回、可以怎么办；能撤回的为 null */
            stays: string | null;
        };
        ConsentTextList: {
            items: components["schemas"]["ConsentText"][];
            next_cursor: string | null;
        };
        ConsentVersion: {
            version: string;
        };
        GrantedConsent: {
            /** @enum {string} */
            key: "terms" | "identity" | "face" | "location" | "health" | "finance" | "family" | "sharing" | "publication" | "contact" | "truth";
            version: string;
            /** Format: date-time */
            granted_at: string;
            /** @description 同意的是不是现行版本；不是的要再问 */
            current: boolean;
        };
        GrantedConsentList: {
            items: components["schemas"]["GrantedConsent"][];
            next_cursor: string | null;
        };
        SignIn: {
            code?: string;
            phone?: string;
            sms_code?: string;
        };
        Union: {
            code: string;
            name: string;
        };
        Membership: {
            number: string;
            /** @enum {string} */
            state: "active" | "transferring" | "retained" | "left" | "lapsed" | "deceased";
            /** Format: date */
            since: string;
            union: components["schemas"]["Union"];
        };
        Worker: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            level: "L0" | "L1" | "L2" | "L3";
            phone_masked: string | null;
            name_masked: string | null;
            /** @enum {string|null} */
            worker_group: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other" | null;
            membership: components["schemas"]["Membership"] | null;
        };
        Session: {
            token: string;
            /** Format: date-time */
            expires_at: string;
            worker: components["schemas"]["Worker"];
            /** @description 这部手机上能换着用的有几个人，连自己；多于 1 个就先问是谁 */
            profiles: number;
        };
        Clock: {
            key: string;
            name: string;
            /** Format: date-time */
            due_at: string;
            /** Format: date-time */
            original_due_at: string;
            /**
             * Format: date
             * @description 到期的那一天（北京时间），显示用这一项
             */
            last_day: string;
            /** @enum {string} */
            basis: "calendar_days" | "plain_days" | "working_days" | "hours" | "working_hours" | "day_hours" | "years";
            /** @description 还没有那一年的节假日表，日期可能会调整 */
            provisional: boolean;
            paused: boolean;
            /**
             * Format: date-time
             * @description 办完或不用再办的时间
             */
            stopped_at: string | null;
        };
        VerificationState: {
            /** @enum {string} */
            state: "matched" | "manual" | "refused";
            /** Format: date-time */
            at: string;
            reason: string | null;
            /** @description 工作人员要你补的东西；没有就是 null */
            wanted: string | null;
            /** @description 什么时候前核对好 */
            clock: components["schemas"]["Clock"] | null;
            /**
             * Format: date
             * @description 登记的证件哪天到期；没登记或长期有效的为 null
             */
            paper_valid_to: string | null;
            /**
             * Format: date
             * @description 证件已经到期：哪天前要换成新证件，到时认证会停
             */
            renew_by: string | null;
        };
        Closing: {
            /** Format: date-time */
            requested_at: string;
            /**
             * Format: date-time
             * @description 在这以前都可以反悔
             */
            closes_at: string;
        };
        Invitation: {
            union: components["schemas"]["Union"];
            /** @description 说过“以后再说” */
            put_off: boolean;
        };
        Profile: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            level: "L0" | "L1" | "L2" | "L3";
            phone_masked: string | null;
            name_masked: string | null;
            /** @enum {string|null} */
            worker_group: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other" | null;
            membership: components["schemas"]["Membership"] | null;
            verification: components["schemas"]["VerificationState"] | null;
            consents: components["schemas"]["GrantedConsent"][];
            closing: components["schemas"]["Closing"] | null;
            /** @description 有单位把你报进了会员名单，等你说是不是你、愿不愿意；没有就是 null */
            invitation: components["schemas"]["Invitation"] | null;
            /** @description 我的账号、认证、更正由哪个工会办：只有它和它的上级看得到 */
            office: components["schemas"]["Union"] | null;
        };
        OwnPhone: {
            phone: string | null;
        };
        PhoneCode: {
            code: string;
        };
        GivenConsent: {
            /** @enum {string} */
            key: "terms" | "identity" | "face" | "location" | "health" | "finance" | "family" | "sharing" | "publication" | "contact" | "truth";
            version: string;
        };
        Verification: {
            /** @enum {string} */
            id_type: "resident_id" | "residence_permit" | "hk_mo_pass" | "tw_pass" | "foreigner_id" | "passport";
            id_number: string;
            name: string;
            /** @enum {string} */
            worker_group: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other";
            /** @description 到哪里的工会核对：街道（9 位）或社区（12 位）的编码；不说的，由 `GET /me` 里的 office 核对 */
            area?: string;
            consents: components["schemas"]["GivenConsent"][];
        };
        Verdict: {
            /** @enum {string} */
            level: "L0" | "L1" | "L2" | "L3";
            /** @enum {string} */
            state: "matched" | "manual" | "refused";
            /** @description 没有当场通过时，为什么、接下来怎样 */
            reason?: string;
        };
        Claim: {
            /** Format: uuid */
            id: string;
            claim?: string;
        };
        Evidence: {
            attachments: components["schemas"]["Claim"][];
        };
        Card: {
            number: string;
            name_masked: string;
            union: string;
            /** Format: date-time */
            issued_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description 签了名的会员码，离线也能出示和核对 */
            token: string;
        };
        InvitationAnswer: {
            /** @description 问的是哪个工会：它的编码 */
            union: string;
            /** @enum {string} */
            answer: "join" | "decline" | "not_me" | "later";
        };
        CardKey: {
            kid: string;
            algorithm: string;
            /** @description 32 字节，base64url */
            public_key: string;
        };
        CardKeyList: {
            items: components["schemas"]["CardKey"][];
            next_cursor: string | null;
        };
        StepUpCode: {
            sms_code: string;
        };
        StepUp: {
            /** Format: date-time */
            expires_at: string;
        };
        Line: {
            label: string;
            value: string;
        };
        Part: {
            key: string;
            title: string;
            entries: components["schemas"]["Line"][][];
        };
        Export: {
            /** Format: date-time */
            made_at: string;
            parts: components["schemas"]["Part"][];
        };
        Correction: {
            text: string;
        };
        CorrectionAsked: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "open" | "done" | "refused";
            /** Format: date-time */
            created_at: string;
        };
        Sharing: {
            /** Format: uuid */
            id: string;
            /** @description 还没认证的人为 null */
            name_masked: string | null;
            /** @description 换成这个人要不要他自己的解锁码 */
            has_pin: boolean;
            current: boolean;
            /** Format: date-time */
            last_used_at: string | null;
        };
        SharingList: {
            items: components["schemas"]["Sharing"][];
            next_cursor: string | null;
        };
        Switch: {
            /** @default null */
            pin: string | null;
        };
        PinState: {
            has_pin: boolean;
        };
        Pin: {
            pin: string;
        };
        PinCheck: {
            /** Format: date-time */
            expires_at: string;
        };
        Street: {
            code: string;
            name: string;
            district: string;
        };
        StreetList: {
            items: components["schemas"]["Street"][];
            next_cursor: string | null;
        };
        Area: {
            code: string;
            name: string;
        };
        Work: {
            /** @enum {string|null} */
            worker_group: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other" | null;
            /** @enum {string|null} */
            employment: "employed" | "platform_station" | "platform_crowd" | "own_truck" | "ride_hailing" | "domestic" | "other" | null;
            employer: string | null;
            work_area: components["schemas"]["Area"] | null;
            former_union: string | null;
        };
        OwnChanges: {
            /** @enum {string} */
            worker_group?: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other";
            /** @enum {string} */
            employment?: "employed" | "platform_station" | "platform_crowd" | "own_truck" | "ride_hailing" | "domestic" | "other";
            employer?: string;
            /** @description 街道（9 位）或社区（12 位）的编码 */
            work_area?: string;
            former_union?: string;
        };
        ProxyBody: {
            service: string;
            /** @description named 实名、anonymous 匿名 */
            identity_mode: string;
            answers: {
                [key: string]: unknown;
            };
            /** @description 念给工友听过、工友说了同意的 */
            consents: components["schemas"]["GivenConsent"][];
            /** @default null */
            name: string | null;
            /**
             * @description 编号发到这里；匿名的不留
             * @default null
             */
            phone: string | null;
        };
        Receipt: {
            no: string;
            /** Format: date-time */
            at: string;
            /** @description 编号发到了工友的手机上 */
            by_sms: boolean;
            /** @description 只有匿名的才有，只给这一次，请抄给工友 */
            secret?: string;
        };
        TypedToday: {
            no: string;
            service_name: string;
            state_name: string;
            /** Format: date-time */
            at: string;
            claimed: boolean;
        };
        ProxyList: {
            items: components["schemas"]["TypedToday"][];
            next_cursor: string | null;
        };
        ClaimBody: {
            no: string;
        };
        Next: {
            /** @enum {string} */
            who: "worker" | "union" | "outside" | "nobody";
            name: string;
            /** Format: date-time */
            by: string | null;
        };
        CaseClock: {
            key: string;
            name: string;
            /** Format: date-time */
            due_at: string;
            /** Format: date-time */
            original_due_at: string;
            /**
             * Format: date
             * @description 到期的那一天（北京时间），显示用这一项
             */
            last_day: string;
            /** @enum {string} */
            basis: "calendar_days" | "plain_days" | "working_days" | "hours" | "working_hours" | "day_hours" | "years";
            provisional: boolean;
            paused: boolean;
            /**
             * @description 等谁
             * @enum {string}
             */
            owed_by: "union" | "worker" | "outside";
            /** @description 延长过一次，理由写在留言里 */
            extended: boolean;
            /**
             * Format: date-time
             * @description 这一条就是那件事本身（比如开庭）时，它是什么时候
             */
            event_at: string | null;
        };
        TimelineEntry: {
            /** Format: date-time */
            at: string;
            what: string;
        };
        Attachment: {
            /** Format: uuid */
            id: string;
            /** @description 几分钟内有效，不要保存 */
            url: string;
            /** @enum {string} */
            media_type: "image/jpeg" | "image/png" | "application/pdf" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "audio/mpeg" | "audio/mp4" | "audio/aac" | "audio/amr" | "audio/wav" | "audio/ogg" | "audio/webm" | "video/mp4" | "video/webm";
            /** @description 字节 */
            size: number;
            /** @description 录音或视频有多少秒 */
            seconds?: number;
        };
        CaseMessage: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            from: "worker" | "staff";
            text: string;
            /** Format: date-time */
            at: string;
            attachments: components["schemas"]["Attachment"][];
        };
        CaseFile: {
            /** Format: uuid */
            id: string;
            /** @description 几分钟内有效，不要保存 */
            url: string;
            /** @enum {string} */
            media_type: "image/jpeg" | "image/png" | "application/pdf" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "audio/mpeg" | "audio/mp4" | "audio/aac" | "audio/amr" | "audio/wav" | "audio/ogg" | "audio/webm" | "video/mp4" | "video/webm";
            /** @description 字节 */
            size: number;
            /** @description 录音或视频有多少秒 */
            seconds?: number;
            /** @description 给表里哪一栏的；没有的，是和整件事一起的 */
            field?: string;
            /** @description 那一栏叫什么 */
            label?: string;
        };
        AnswerWords: {
            label: string;
            /** @enum {string} */
            type: "text" | "long_text" | "choice" | "open_choice" | "choices" | "phone" | "yes_no" | "money" | "date" | "period" | "time" | "month" | "integer" | "area" | "address" | "station" | "person" | "paper" | "uscc" | "organisation" | "publication" | "place" | "moment" | "bank_card" | "signature" | "own_case" | "rows" | "file" | "info" | "identity";
            /** @description 选了几项就有几段；银行卡和证件只有打了码的号码 */
            words: string[];
        };
        OwnAnswer: {
            label: string;
            /** @enum {string} */
            type: "text" | "long_text" | "choice" | "open_choice" | "choices" | "phone" | "yes_no" | "money" | "date" | "period" | "time" | "month" | "integer" | "area" | "address" | "station" | "person" | "paper" | "uscc" | "organisation" | "publication" | "place" | "moment" | "bank_card" | "signature" | "own_case" | "rows" | "file" | "info" | "identity";
            /** @description 选了几项就有几段；银行卡和证件只有打了码的号码 */
            words: string[];
            key: string;
            /**
             * @description 最后是谁写的
             * @enum {string}
             */
            by: "worker" | "staff";
            /**
             * Format: date-time
             * @description 什么时候改成这样的；一开始就是这样的没有
             */
            at: string | null;
            /** @description 表格的每一行；别的没有 */
            rows?: components["schemas"]["AnswerWords"][][];
        };
        Computed: {
            key: string;
            name: string;
            value: string | number;
            text: string;
            urgent: boolean;
            colour: string | null;
        };
        Talk: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            from: "worker" | "staff";
            text: string;
            /** Format: date-time */
            at: string;
            attachments: components["schemas"]["Attachment"][];
        };
        Assignee: {
            /** Format: uuid */
            id: string;
            /** @description 怎么称呼，比如“律师” */
            title: string;
            name: string;
            /** @description 工作电话 */
            phone: string | null;
            /** @description 现在就是这个人在办 */
            now: boolean;
            /** @description 以前单独谈的话已经转给这个人看 */
            handed_on: boolean;
            talk: components["schemas"]["Talk"][];
        };
        Office: {
            name: string;
            person: string | null;
            /** @description 办公室的电话；没有人值班时没有 */
            phone: string | null;
        };
        Paper: {
            number: string;
            title: string;
            /** Format: date-time */
            at: string;
            /** @description PDF 和 DOCX */
            files: components["schemas"]["Attachment"][];
        };
        Removed: {
            name: string;
            /**
             * Format: date
             * @description 哪天删的；早先没有记下的是 null
             */
            on: string | null;
        };
        LinkedCase: {
            no: string;
            service: string;
            service_name: string;
        };
        GoesOn: {
            /** @description 交给 `GET /cases/{no}/carried/{service}` */
            service: string;
            service_name: string;
            summary: string;
            /** @description 工会建议的 */
            suggested: boolean;
            /** @description 匿名的带不过去 */
            possible: boolean;
        };
        PlaceGiven: {
            lat: number;
            lng: number;
        };
        RatingGiven: {
            solved: boolean;
            attitude: number;
            result: number;
            comment: string | null;
        };
        Heard: {
            solved: boolean;
            attitude: number;
            result: number;
            /** Format: date-time */
            at: string;
        };
        Exchange: {
            name: string;
            /** @description 12345 转给工会的；否则是工会转给 12345 的 */
            from_them: boolean;
            /** @description 对方的编号；还没有收到时没有 */
            no: string | null;
            state_name: string;
            office: string | null;
            /**
             * Format: date-time
             * @description 对方的期限；工会自己的期限照样在算
             */
            due_at: string | null;
            /** Format: date-time */
            told_at: string | null;
            /** @description 由对方回访，这里不再评价 */
            asks_rating: boolean;
        };
        TypedBy: {
            at_desk: boolean;
            station_code: string | null;
            /** Format: date-time */
            at: string;
        };
        AskedConsent: {
            /** @enum {string} */
            key: "terms" | "identity" | "face" | "location" | "health" | "finance" | "family" | "sharing" | "publication" | "contact" | "truth";
            version: string;
            title: string;
            text: string;
            why: string | null;
        };
        Unseen: {
            /**
             * Format: date-time
             * @description 现在说“看到了”的话，最晚什么时候补上；不说，办理时间照算
             */
            reply_by: string;
        };
        Phone: {
            number: string;
            name: string;
        };
        Safety: {
            title: string;
            text: string;
            phones: components["schemas"]["Phone"][];
        };
        Case: {
            no: string;
            service: string;
            service_name: string;
            state: string;
            state_name: string;
            /** @enum {string} */
            phase: "draft" | "submitted" | "need_more" | "handling" | "wait_external" | "decided" | "done" | "reopened" | "withdrawn" | "lapsed";
            next: components["schemas"]["Next"];
            clocks: components["schemas"]["CaseClock"][];
            /** @enum {string} */
            identity_mode: "named" | "confidential" | "anonymous";
            urgent: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            timeline: components["schemas"]["TimelineEntry"][];
            messages: components["schemas"]["CaseMessage"][];
            attachments: components["schemas"]["CaseFile"][];
            answers: {
                [key: string]: unknown;
            };
            /** @description answers 写成给人看的话，按表格的顺序 */
            answered: components["schemas"]["OwnAnswer"][];
            computed: components["schemas"]["Computed"][];
            /** @description 往下办会要到的级别里最低的，例如 L2；不再要的没有 */
            level_ahead: string | null;
            /** @description 现在能做的，就是能 POST 的那一段路径 */
            can: ("messages" | "supplements" | "withdrawal" | "rating" | "outcome" | "reopening" | "agreement" | "refusal" | "replacement" | "acknowledgement" | "talk" | "handing-on")[];
            /** @description 接过这件事的人，先后为序 */
            assignees: components["schemas"]["Assignee"][];
            /** @description 现在在哪个工会；办完了，或者还不归哪一个时没有 */
            office: components["schemas"]["Office"] | null;
            /** @description 替你写好的材料 */
            papers: components["schemas"]["Paper"][];
            /** @description 保存期到了、按规定删除的（有的话）；没有到期的不出现 */
            removed?: components["schemas"]["Removed"][];
            /** @description 由哪件事接着办来的；只有本人看得到隐名的 */
            came_from?: components["schemas"]["LinkedCase"];
            /** @description 接着办了哪些事（有的话） */
            went_on?: components["schemas"]["LinkedCase"][];
            /** @description 可以接着办什么，写过的不用再写（有的话） */
            goes_on?: components["schemas"]["GoesOn"][];
            place?: components["schemas"]["PlaceGiven"];
            rating?: components["schemas"]["RatingGiven"];
            /** @description 工会同事替工友记下的评价（有的话）；工友还可以自己评 */
            heard?: components["schemas"]["Heard"];
            exchange?: components["schemas"]["Exchange"];
            /** @description 工会提出来的，不是工友自己要办的 */
            by_union?: boolean;
            typed_by?: components["schemas"]["TypedBy"];
            asks?: components["schemas"]["AskedConsent"];
            /** @description 工会请你补充什么：问的时候写的话（现在等着的话才有） */
            question?: string;
            /** @description 过了时间没有补充，就按撤回处理（有 question 的才有） */
            lapses?: boolean;
            /** @description 匿名的：工会问了一件事，还没有人凭编号和暗号来说看到了（有的话） */
            unseen?: components["schemas"]["Unseen"];
            safety?: components["schemas"]["Safety"];
            /** @description Whether somebody on duty was called, where danger was said. */
            paged?: boolean;
        };
        Notice: {
            /** Format: uuid */
            id: string;
            kind: string;
            title: string;
            /** @description 整段话，简体中文 */
            body: string;
            /** @description 同一段话，编号、日期、名称这些换成 {名字}，好用别的语言说；没有留下来的，就是整段话 */
            words: string;
            /** @description {名字} 里填什么 */
            slots: {
                [key: string]: string;
            };
            link: string;
            /** Format: date-time */
            at: string;
            readonly read: boolean;
        };
        NoticeList: {
            items: components["schemas"]["Notice"][];
            next_cursor: string | null;
        };
        Template: {
            /** @description 微信的模板编号 */
            id: string;
            name: string;
            /** @description 订了会收到什么 */
            tells: string;
            for: ("case" | "activity" | "verification")[];
        };
        TemplateList: {
            items: components["schemas"]["Template"][];
            next_cursor: string | null;
        };
        Subscription: {
            /** @description 微信的模板编号 */
            id: string;
            name: string;
            /** @description 订了会收到什么 */
            tells: string;
            for: ("case" | "activity" | "verification")[];
            /** @description 还能发几次 */
            remaining: number;
            /**
             * @description 上次怎么选的
             * @enum {string|null}
             */
            answer: "accept" | "reject" | null;
            /** Format: date-time */
            answered_at: string | null;
        };
        SubscriptionList: {
            items: components["schemas"]["Subscription"][];
            next_cursor: string | null;
            /** @description 次数按小程序的上报算；不是的话，按微信的推送算 */
            counted_from_reports: boolean;
        };
        SubscriptionReport: {
            /** @description 模板编号 → accept 或 reject */
            results: {
                [key: string]: "accept" | "reject";
            };
        };
        Group: {
            key: string;
            name: string;
            /** @description 给哪些工种；null 是谁都可以 */
            worker_groups: ("food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other")[] | null;
            /** @description 只给哪个工会（和它下面的工会）的会员；null 是谁都可以 */
            members_of: string | null;
            capacity: number;
            seats_left: number;
        };
        Activity: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            kind: "health" | "course" | "lecture" | "festival" | "sport" | "culture" | "care" | "family" | "skills";
            kind_name: string;
            summary: string;
            rules: string;
            place: string;
            station_code: string | null;
            district: string;
            /** @description 哪个工会办的 */
            organiser: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** Format: date-time */
            opens_at: string;
            /** Format: date-time */
            closes_at: string;
            /** Format: date-time */
            cancel_until: string;
            /** @enum {string} */
            required_level: "L0" | "L1" | "L2" | "L3";
            /** @enum {string} */
            mode: "first_come";
            waiting_list: boolean;
            /** @description 候补轮到时先问要不要，不回应就给下一位 */
            offers: boolean;
            /** @description 候补时排在前面的工种；同样的按排上候补的先后；null 是只按先后 */
            waiting_first: ("food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other")[] | null;
            /** @description 一个人最多带几个人 */
            companions: number;
            /** @enum {string} */
            status: "soon" | "open" | "closed" | "past" | "cancelled";
            groups: components["schemas"]["Group"][];
        };
        ActivityList: {
            items: components["schemas"]["Activity"][];
            next_cursor: string | null;
            /** Format: date-time */
            server_time: string;
        };
        Chance: {
            /** @enum {string} */
            likelihood: "likely" | "open" | "unlikely" | "unknown";
            /** @description 有几场排到过这个位置 */
            reached: number;
            /** @description 一年来办过几场同类、有候补的活动 */
            of: number;
        };
        Mine: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            activity_id: string;
            group: string;
            /** @enum {string} */
            state: "signed" | "waiting" | "offered" | "cancelled" | "passed";
            /** @description 候补第几位；不在候补时没有 */
            position?: number;
            /** @description 几号名额；没有名额时没有 */
            seat_no?: number;
            /** @description 带了几个人 */
            companions?: number;
            /**
             * Format: date-time
             * @description 名额留到什么时候；只在 offered 时有，按服务器时间
             */
            offer_until?: string;
            /** Format: date-time */
            signed_up_at: string;
            /** @description 轮到的希望；只在候补时有 */
            chance?: components["schemas"]["Chance"];
        };
        ActivityDetail: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            kind: "health" | "course" | "lecture" | "festival" | "sport" | "culture" | "care" | "family" | "skills";
            kind_name: string;
            summary: string;
            rules: string;
            place: string;
            station_code: string | null;
            district: string;
            /** @description 哪个工会办的 */
            organiser: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** Format: date-time */
            opens_at: string;
            /** Format: date-time */
            closes_at: string;
            /** Format: date-time */
            cancel_until: string;
            /** @enum {string} */
            required_level: "L0" | "L1" | "L2" | "L3";
            /** @enum {string} */
            mode: "first_come";
            waiting_list: boolean;
            /** @description 候补轮到时先问要不要，不回应就给下一位 */
            offers: boolean;
            /** @description 候补时排在前面的工种；同样的按排上候补的先后；null 是只按先后 */
            waiting_first: ("food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other")[] | null;
            /** @description 一个人最多带几个人 */
            companions: number;
            /** @enum {string} */
            status: "soon" | "open" | "closed" | "past" | "cancelled";
            groups: components["schemas"]["Group"][];
            /** @description 为什么取消；没有取消、或者取消时没有记下的是 null */
            called_off_because: string | null;
            /** Format: date-time */
            server_time: string;
            mine: components["schemas"]["Mine"] | null;
        };
        SignupBody: {
            /** @default null */
            group: string | null;
            answers?: {
                [key: string]: unknown;
            };
            /**
             * @description 带几个人，一起占名额；活动的 companions 说最多几个
             * @default 0
             */
            companions: number;
        };
        Signup: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            activity_id: string;
            group: string;
            /** @enum {string} */
            state: "signed" | "waiting" | "offered" | "cancelled" | "passed";
            /** @description 候补第几位；不在候补时没有 */
            position?: number;
            /** @description 几号名额；没有名额时没有 */
            seat_no?: number;
            /** @description 带了几个人 */
            companions?: number;
            /**
             * Format: date-time
             * @description 名额留到什么时候；只在 offered 时有，按服务器时间
             */
            offer_until?: string;
            /** Format: date-time */
            signed_up_at: string;
        };
        SignupActivity: {
            /** Format: uuid */
            id: string;
            title: string;
            place: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** Format: date-time */
            cancel_until: string;
            /** @enum {string} */
            status: "soon" | "open" | "closed" | "past" | "cancelled";
        };
        OwnSignup: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            activity_id: string;
            group: string;
            /** @enum {string} */
            state: "signed" | "waiting" | "offered" | "cancelled" | "passed";
            /** @description 候补第几位；不在候补时没有 */
            position?: number;
            /** @description 几号名额；没有名额时没有 */
            seat_no?: number;
            /** @description 带了几个人 */
            companions?: number;
            /**
             * Format: date-time
             * @description 名额留到什么时候；只在 offered 时有，按服务器时间
             */
            offer_until?: string;
            /** Format: date-time */
            signed_up_at: string;
            activity: components["schemas"]["SignupActivity"];
        };
        OwnSignupList: {
            items: components["schemas"]["OwnSignup"][];
            next_cursor: string | null;
        };
        Pass: {
            /** @description 签了名的入场码，没有网络也能出示和核对 */
            code: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            signup_id: string;
            seat_no: number;
            group_name: string;
            /** Format: uuid */
            activity_id: string;
            title: string;
            place: string;
            /** Format: date-time */
            starts_at: string;
        };
        PassKey: {
            kid: string;
            algorithm: string;
            /** @description 32 字节，base64url */
            public_key: string;
        };
        PassKeyList: {
            items: components["schemas"]["PassKey"][];
            next_cursor: string | null;
        };
        Upload: {
            /**
             * Format: binary
             * @description 照片、截图（JPG、PNG、WebP）、PDF、录音（60 秒以内）或视频（30 秒以内），最大 10 MB
             */
            file: string;
        };
        Left: {
            files: number;
            bytes: number;
        };
        Uploaded: {
            /** Format: uuid */
            id: string;
            /** @description 存下来的文件的摘要；照片去掉了位置等信息 */
            sha256: string;
            /** @description 字节 */
            size: number;
            /** @enum {string} */
            media_type: "image/jpeg" | "image/png" | "application/pdf" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "audio/mpeg" | "audio/mp4" | "audio/aac" | "audio/amr" | "audio/wav" | "audio/ogg" | "audio/webm" | "video/mp4" | "video/webm";
            /** @description 录音或视频有多少秒 */
            seconds?: number;
            /** @description 今天还能传多少 */
            left: components["schemas"]["Left"];
            /** @description 不登录上传时给一次的凭证，提交时要带上；24 小时内有效 */
            claim?: string;
        };
        Spot: {
            /** @description 中心离左边多远，整宽是 1 */
            x: number;
            /** @description 中心离上边多远，整高是 1 */
            y: number;
            /** @description 边长，整宽是 1 */
            size: number;
        };
        Covers: {
            /** @description 不登录上传时给的凭证 */
            claim?: string;
            spots: components["schemas"]["Spot"][];
        };
        Covered: {
            /** Format: uuid */
            id: string;
            sha256: string;
            /** @description 字节 */
            size: number;
        };
        NewUpload: {
            /** @description 整个文件多少字节，视频最大 20 MB，别的最大 10 MB */
            size: number;
        };
        UploadProgress: {
            /** Format: uuid */
            id: string;
            /** @description 字节 */
            size: number;
            /** @description 每段多少字节，最后一段是剩下的 */
            part_size: number;
            /** @description 还缺哪几段，从 0 数起 */
            missing: number[];
            /**
             * Format: date-time
             * @description 到这时还没传完就删掉
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description 传完以后是哪个附件
             */
            attachment_id?: string;
            /** @description 今天还能传多少；开始时说一次 */
            left?: components["schemas"]["Left"];
            /** @description 不登录时给一次的凭证：接着传要带上，附件也用它 */
            claim?: string;
        };
        ServiceSummary: {
            key: string;
            name: string;
            summary: string;
            /** @description 窗口和站长可以替工友填 */
            by_proxy: boolean;
            /** @description true 只给会员，false 只给还不是会员的，null 谁都能办 */
            members: boolean | null;
            /** @description 有没有人办；没有就显示“这项还没有开通，请打 …”，电话在 `/about` */
            open: boolean;
            /** @description 按身份方式：named 实名、confidential 隐名、anonymous 匿名 → 需要的等级 */
            required_level: {
                [key: string]: string;
            };
        };
        ServiceList: {
            items: components["schemas"]["ServiceSummary"][];
            next_cursor: string | null;
        };
        Mode: {
            /** @enum {string} */
            mode: "named" | "confidential" | "anonymous";
            name: string;
            level: string;
            explain: string;
            /** @description 没有另选以前，表上先选好这一种 */
            preselected: boolean;
        };
        Deadline: {
            key: string;
            name: string;
            amount: number;
            /** @enum {string} */
            basis: "calendar_days" | "plain_days" | "working_days" | "hours" | "working_hours" | "day_hours" | "years";
            text: string;
            /** @description 等你补充时暂停 */
            pausable: boolean;
            /** @description 哪些回答才是这个期限；null 是其余的情况 */
            when: {
                [key: string]: string[];
            } | null;
        };
        WantedConsent: {
            /** @enum {string} */
            key: "terms" | "identity" | "face" | "location" | "health" | "finance" | "family" | "sharing" | "publication" | "contact" | "truth";
            version: string;
            title: string;
            text: string;
            separate: boolean;
            why: string | null;
            /** @description 哪些回答才要；null 是都要 */
            if: {
                [key: string]: unknown;
            }[] | null;
            /** @description 给了位置才要 */
            with_place: boolean;
            modes: ("named" | "confidential" | "anonymous")[];
            /** @description 不同意也收；工作人员看得到同意没有 */
            optional: boolean;
        };
        Emergency: {
            title: string;
            text: string;
            phones: components["schemas"]["Phone"][];
            words: string[];
        };
        ServiceForm: {
            key: string;
            name: string;
            summary: string;
            /** @description 窗口和站长可以替工友填 */
            by_proxy: boolean;
            /** @description true 只给会员，false 只给还不是会员的，null 谁都能办 */
            members: boolean | null;
            /** @description 有没有人办；没有就显示“这项还没有开通，请打 …”，电话在 `/about` */
            open: boolean;
            /** @description 按身份方式：named 实名、confidential 隐名、anonymous 匿名 → 需要的等级 */
            required_level: {
                [key: string]: string;
            };
            version: number;
            modes: components["schemas"]["Mode"][];
            /** @description 可以带位置 */
            place: boolean;
            /** @description 提交前可以问 `POST /services/{key}/alike` */
            alike: boolean;
            /** @description JSON Schema 2020-12；`x-layout` 里是分段、标签、选项和显示条件 */
            form: {
                [key: string]: unknown;
            };
            deadlines: components["schemas"]["Deadline"][];
            consents: components["schemas"]["WantedConsent"][];
            example: {
                [key: string]: unknown;
            };
            emergency: components["schemas"]["Emergency"];
        };
        Publication: {
            name_masked: string;
            place: string;
            kind: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        PublicationList: {
            items: components["schemas"]["Publication"][];
            next_cursor: string | null;
        };
        Objected: {
            code: string;
            name: string;
            area: string | null;
            /** Format: date-time */
            until: string;
        };
        ObjectedList: {
            items: components["schemas"]["Objected"][];
            next_cursor: string | null;
        };
        AnswerFile: {
            /** Format: uuid */
            id: string;
            claim?: string;
            /** @description 给表里哪一栏（type 是 file 的）；不写就是和整件事一起的 */
            field?: string;
        };
        Place: {
            lat: number;
            lng: number;
            /**
             * @default gcj02
             * @enum {string}
             */
            datum: "gcj02" | "wgs84" | "bd09";
        };
        Submission: {
            /** @description `GET /services` 里的 key */
            service: string;
            /** @description 按 `GET /services/{key}` 的表填 */
            answers: {
                [key: string]: unknown;
            };
            consents: components["schemas"]["GivenConsent"][];
            /**
             * @description 服务提供的一种：named 实名、confidential 隐名、anonymous 匿名
             * @default named
             */
            identity_mode: string;
            attachments?: components["schemas"]["AnswerFile"][];
            /** @default null */
            place: components["schemas"]["Place"] | null;
            /**
             * @description `POST /services/{key}/alike` 给的；“我也遇到”，并到那一件，一样得到答复
             * @default null
             */
            joins: string | null;
            /**
             * @description 接着哪件事办：`GET /cases/{no}/carried/{service}` 填好的表改好了，带上那件的编号
             * @default null
             */
            goes_on_from: string | null;
            /**
             * @description 单独提交，不和别的合并
             * @default false
             */
            apart: boolean;
        };
        NewCase: {
            no: string;
            service: string;
            service_name: string;
            state: string;
            state_name: string;
            /** @enum {string} */
            phase: "draft" | "submitted" | "need_more" | "handling" | "wait_external" | "decided" | "done" | "reopened" | "withdrawn" | "lapsed";
            next: components["schemas"]["Next"];
            clocks: components["schemas"]["CaseClock"][];
            /** @enum {string} */
            identity_mode: "named" | "confidential" | "anonymous";
            urgent: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            timeline: components["schemas"]["TimelineEntry"][];
            messages: components["schemas"]["CaseMessage"][];
            attachments: components["schemas"]["CaseFile"][];
            answers: {
                [key: string]: unknown;
            };
            /** @description answers 写成给人看的话，按表格的顺序 */
            answered: components["schemas"]["OwnAnswer"][];
            computed: components["schemas"]["Computed"][];
            /** @description 往下办会要到的级别里最低的，例如 L2；不再要的没有 */
            level_ahead: string | null;
            /** @description 现在能做的，就是能 POST 的那一段路径 */
            can: ("messages" | "supplements" | "withdrawal" | "rating" | "outcome" | "reopening" | "agreement" | "refusal" | "replacement" | "acknowledgement" | "talk" | "handing-on")[];
            /** @description 接过这件事的人，先后为序 */
            assignees: components["schemas"]["Assignee"][];
            /** @description 现在在哪个工会；办完了，或者还不归哪一个时没有 */
            office: components["schemas"]["Office"] | null;
            /** @description 替你写好的材料 */
            papers: components["schemas"]["Paper"][];
            /** @description 保存期到了、按规定删除的（有的话）；没有到期的不出现 */
            removed?: components["schemas"]["Removed"][];
            /** @description 由哪件事接着办来的；只有本人看得到隐名的 */
            came_from?: components["schemas"]["LinkedCase"];
            /** @description 接着办了哪些事（有的话） */
            went_on?: components["schemas"]["LinkedCase"][];
            /** @description 可以接着办什么，写过的不用再写（有的话） */
            goes_on?: components["schemas"]["GoesOn"][];
            place?: components["schemas"]["PlaceGiven"];
            rating?: components["schemas"]["RatingGiven"];
            /** @description 工会同事替工友记下的评价（有的话）；工友还可以自己评 */
            heard?: components["schemas"]["Heard"];
            exchange?: components["schemas"]["Exchange"];
            /** @description 工会提出来的，不是工友自己要办的 */
            by_union?: boolean;
            typed_by?: components["schemas"]["TypedBy"];
            asks?: components["schemas"]["AskedConsent"];
            /** @description 工会请你补充什么：问的时候写的话（现在等着的话才有） */
            question?: string;
            /** @description 过了时间没有补充，就按撤回处理（有 question 的才有） */
            lapses?: boolean;
            /** @description 匿名的：工会问了一件事，还没有人凭编号和暗号来说看到了（有的话） */
            unseen?: components["schemas"]["Unseen"];
            safety?: components["schemas"]["Safety"];
            /** @description Whether somebody on duty was called, where danger was said. */
            paged?: boolean;
            /** @description 只有匿名的才有，只给这一次，请抄下来 */
            secret?: string;
        };
        AlikeQuestion: {
            /** @description 填到哪里算哪里 */
            answers: {
                [key: string]: unknown;
            };
            /** @default null */
            place: components["schemas"]["Place"] | null;
        };
        Alike: {
            title: string;
            /** @description 几天前 */
            days: number;
            state_name: string;
            /** @description 交给 `POST /cases`，一天内有效 */
            joins: string;
        };
        AlikeList: {
            items: components["schemas"]["Alike"][];
        };
        CaseSummary: {
            no: string;
            service: string;
            service_name: string;
            state: string;
            state_name: string;
            /** @enum {string} */
            phase: "draft" | "submitted" | "need_more" | "handling" | "wait_external" | "decided" | "done" | "reopened" | "withdrawn" | "lapsed";
            next: components["schemas"]["Next"];
            clocks: components["schemas"]["CaseClock"][];
            /** @enum {string} */
            identity_mode: "named" | "confidential" | "anonymous";
            urgent: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        CaseList: {
            items: components["schemas"]["CaseSummary"][];
            next_cursor: string | null;
        };
        Carried: {
            service: string;
            /** @description 表是哪一版 */
            version: number;
            /** @description 从哪件来的 */
            no: string;
            /**
             * @description 那件是怎么交的
             * @enum {string}
             */
            identity_mode: "named" | "confidential" | "anonymous";
            answers: {
                [key: string]: unknown;
            };
            /** @description 可以带上的文件 */
            files: components["schemas"]["Attachment"][];
        };
        FilesToCopy: {
            files: string[];
        };
        Copied: {
            items: components["schemas"]["Uploaded"][];
        };
        Message: {
            text: string;
            attachments?: components["schemas"]["Claim"][];
        };
        Supplement: {
            answers?: {
                [key: string]: unknown;
            };
            attachments?: components["schemas"]["AnswerFile"][];
        };
        Withdrawal: {
            /** @default null */
            reason: string | null;
        };
        Agreement: {
            consents: components["schemas"]["GivenConsent"][];
        };
        Rating: {
            solved: boolean;
            attitude: number;
            result: number;
            /** @default null */
            comment: string | null;
        };
        Outcome: {
            solved: boolean;
            /**
             * @description 没有解决时必填：哪里没解决
             * @default null
             */
            reason: string | null;
        };
        Reopening: {
            reason: string;
        };
        Talking: {
            /** @default  */
            text: string;
            attachments?: components["schemas"]["Claim"][];
        };
        Taken: {
            /** @description false：这一条收到过，或者后面的先到了 */
            taken: boolean;
        };
        Community: {
            code: string;
            name: string;
        };
        StreetWithCommunities: {
            code: string;
            name: string;
            communities: components["schemas"]["Community"][];
        };
        District: {
            code: string;
            name: string;
            streets: components["schemas"]["StreetWithCommunities"][];
        };
        AreaTree: {
            items: components["schemas"]["District"][];
            next_cursor: string | null;
        };
        Organisation: {
            code: string;
            name: string;
            /** @enum {string} */
            kind: "city" | "district" | "street" | "federation" | "unit";
        };
        OrganisationList: {
            items: components["schemas"]["Organisation"][];
            next_cursor: string | null;
        };
        Open: {
            /** @enum {string} */
            state: "open" | "closed" | "unconfirmed";
            /**
             * Format: date-time
             * @description 开到什么时候；全天开着的没有
             */
            until: string | null;
            /**
             * Format: date-time
             * @description 下一次什么时候开
             */
            opens_at: string | null;
            /**
             * Format: date-time
             * @description 最后一次有人确认
             */
            confirmed_at: string | null;
            /**
             * @description 谁确认的：站长、来过的人、工会
             * @enum {string|null}
             */
            confirmed_by: "manager" | "visitor" | "union" | null;
            /** @example 1 人说没开门 · 5 分钟前 */
            reports: string | null;
            /** @description 今天和平时不一样的原因 */
            reason: string | null;
        };
        Service: {
            code: string;
            name: string;
            short: string;
            /** @enum {string} */
            state: "ok" | "broken" | "unknown";
            reports: string | null;
        };
        Station: {
            code: string;
            name: string;
            /** @enum {string} */
            kind: "post" | "window" | "centre" | "library" | "nursing_room" | "canteen" | "legal_desk";
            address: string;
            district: string;
            street: string | null;
            lat: number;
            lng: number;
            distance_m: number | null;
            /** @enum {string} */
            entry: "walk_in" | "ring" | "scan" | "register" | "members_only";
            capacity: number | null;
            is_24h: boolean;
            duty_phone: string | null;
            open: components["schemas"]["Open"];
            amenities: components["schemas"]["Service"][];
        };
        Nearest: {
            /** @description 为空：要的都有 */
            amenity: string | null;
            code: string;
            name: string;
            distance_m: number;
        };
        Widen: {
            text: string;
            nearest: components["schemas"]["Nearest"][];
        };
        StationList: {
            items: components["schemas"]["Station"][];
            next_cursor: string | null;
            widen: components["schemas"]["Widen"] | null;
            /** @enum {string} */
            datum: "gcj02";
        };
        Exception: {
            /** Format: date */
            first_day: string;
            /** Format: date */
            last_day: string;
            text: string;
            reason: string;
        };
        StationDetail: {
            code: string;
            name: string;
            /** @enum {string} */
            kind: "post" | "window" | "centre" | "library" | "nursing_room" | "canteen" | "legal_desk";
            address: string;
            district: string;
            street: string | null;
            lat: number;
            lng: number;
            distance_m: number | null;
            /** @enum {string} */
            entry: "walk_in" | "ring" | "scan" | "register" | "members_only";
            capacity: number | null;
            is_24h: boolean;
            duty_phone: string | null;
            open: components["schemas"]["Open"];
            amenities: components["schemas"]["Service"][];
            hours: {
                [key: string]: string[];
            };
            /** @example 周一至周五 09:00–18:00；周六、周日休息 */
            hours_text: string;
            closed_days: string[];
            exceptions: components["schemas"]["Exception"][];
            duty_hours_text: string | null;
        };
        ReportBody: {
            /** @enum {string} */
            kind: "open" | "locked" | "broken" | "fixed";
            /**
             * @default null
             * @enum {string|null}
             */
            amenity: "S01" | "S02" | "S03" | "S04" | "S05" | "S06" | "S07" | "S08" | "S09" | "S10" | "S11" | "S12" | "S13" | "S14" | "S15" | "S16" | "S17" | "S18" | "S19" | "S20" | "S21" | "S22" | "S23" | "S24" | "S25" | "S26" | "S27" | "S28" | "S29" | "S30" | null;
            /** @default null */
            note: string | null;
        };
        Report: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "open" | "locked" | "broken" | "fixed";
            amenity: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            undo_until: string;
            station: components["schemas"]["StationDetail"];
        };
        Duty: {
            /**
             * @description 今天还没有哪个站长说过，就是 null
             * @enum {string|null}
             */
            state: "open" | "closed_today" | null;
            /** Format: date-time */
            said_at: string | null;
            reason: string | null;
            /**
             * Format: date-time
             * @description 到这时还没有站长说开门，就显示“说不准”
             */
            due_at: string | null;
            /** @description 工会今天为什么关着它，这时不能说开门；没有关是 null */
            shut: string | null;
        };
        KeptStation: {
            code: string;
            name: string;
            /** @enum {string} */
            kind: "post" | "window" | "centre" | "library" | "nursing_room" | "canteen" | "legal_desk";
            address: string;
            district: string;
            street: string | null;
            lat: number;
            lng: number;
            distance_m: number | null;
            /** @enum {string} */
            entry: "walk_in" | "ring" | "scan" | "register" | "members_only";
            capacity: number | null;
            is_24h: boolean;
            duty_phone: string | null;
            open: components["schemas"]["Open"];
            amenities: components["schemas"]["Service"][];
            hours: {
                [key: string]: string[];
            };
            /** @example 周一至周五 09:00–18:00；周六、周日休息 */
            hours_text: string;
            closed_days: string[];
            exceptions: components["schemas"]["Exception"][];
            duty_hours_text: string | null;
            duty: components["schemas"]["Duty"];
            /** @description 每天要看一眼的服务的编号，都在 amenities 里 */
            to_check: string[];
        };
        KeptStationList: {
            items: components["schemas"]["KeptStation"][];
            next_cursor: string | null;
        };
        BindingBody: {
            /** @description 街道工会给的 10 位数字，空格不算 */
            code: string;
        };
        DutyBody: {
            /** @enum {string} */
            state: "open" | "closed_today";
            /**
             * @description 今天为什么不开，大家都看得到；不开时必填
             * @default null
             */
            reason: string | null;
            /** @description 看过的设备，编号 → ok 或 broken */
            amenities?: {
                [key: string]: "ok" | "broken" | "unknown";
            };
        };
        Found: {
            stations: components["schemas"]["Station"][];
            activities: components["schemas"]["Activity"][];
            services: components["schemas"]["ServiceSummary"][];
            /** @enum {string} */
            datum: "gcj02";
        };
        DemoIdentity: {
            key: string;
            /** @description 拿它当作 POST /sessions 的 code */
            code: string;
            name: string;
            story: string;
            /** @enum {string} */
            level: "L0" | "L1" | "L2" | "L3";
            phone: string | null;
            /** @enum {string} */
            id_type: "resident_id" | "residence_permit" | "hk_mo_pass" | "tw_pass" | "foreigner_id" | "passport";
            id_number: string;
            /** @enum {string} */
            worker_group: "food_delivery" | "courier" | "ride_hailing" | "freight" | "domestic" | "designated_driver" | "sanitation" | "construction" | "employee" | "other";
            on_roster: boolean;
        };
        DemoIdentityList: {
            items: components["schemas"]["DemoIdentity"][];
            next_cursor: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;

"""What people and web forms write where a company belongs and none is: data, in the languages of Zoho's data centres.

Entries are separated by semicolons; case, accents, punctuation and spacing do not matter, and "|" parts words of which
each may stand there. A value is a placeholder when all of its parts are: "N/A (private)". Words that some company is called ("Test", "Home", "X") are not here: an org that needs them has a list of its own.
"""

from __future__ import annotations

WORDS = """
na; none; null; nil; nan; undefined; unknown; unspecified; undisclosed; anonymous; confidential; tbd; tba; tbc; xx; xxx; xxxx; 0; 00; 000
not applicable; please select; select one; no name provided; no name given; not available; not provided; not specified; not set; not given; not known; not disclosed; not stated; not listed; not sure; not yet; not defined; no value
no|without|unknown company|organization|organisation|business|employer|firm|account; company|organization|organisation|business|account unknown; no company|business|organization|organisation|account name; no name; no data; no info; no answer; none given; none provided
company; company name; my|your company|organization|organisation|business; company|organization|organisation|name not provided|specified|set|given|known|available|applicable; prefer not to say; to be determined; to be confirmed
individual; individuals; individual person; individual customer; individual buyer; self; self employed; selfemployed; freelance; freelancer; unemployed; retired; homeowner
private; private individual; private person; private customer; private client; privately; personal; personal use; a private person; natural person; end user; sole trader

keine; keiner; kein; keine angabe; keine angaben; ohne angabe; ohne angaben; keine|ohne|unbekannte firma|organisation|gesellschaft; kein|ohne|unbekanntes unternehmen|betrieb|firmenname; mein unternehmen; meine firma; bitte wählen; wird nachgereicht; noch offen; ohne; nicht angegeben; nicht bekannt; nicht vorhanden; nicht zutreffend; nicht verfügbar
unbekannt; entfällt; privat; privatperson; privatkunde; privatkundin; privatkunden; private person; einzelperson; selbstständig; selbständig; freiberufler; freiberuflerin; freiberuflich; endkunde; endverbraucher; leer; firma; firmenname; rentner

aucun; aucune; néant; aucune|sans entreprise|société|organisation|compagnie; pas de société; pas d'entreprise; entreprise|société inconnue; mon entreprise; ma société; à confirmer; à définir; choisir; sans objet; non renseigné; non renseignée; non précisé; non précisée; non spécifié; non communiqué; non applicable; non disponible; non défini
inconnu; inconnue; particulier; particulière; particuliers; personne privée; personne physique; privé; indépendant; indépendante; auto entrepreneur; à titre personnel; société; nom de la société; retraité

ninguno; ninguna; ninguna|sin|mi empresa|compañía|organización|sociedad; ningún|sin negocio; no tengo|tiene empresa|compañía|negocio; empresa desconocida; por confirmar; por definir; seleccionar; sin nombre; sin especificar; sin datos; sin información; no aplica; no especificado; no especificada; no disponible; no tiene; no tengo; no indicado; no definido
desconocido; desconocida; particular; particulares; persona física; persona natural; persona particular; privado; autónomo; autónoma; independiente; por cuenta propia; empresa; nombre de la empresa; no procede; jubilado

nessuno; nessuna; nessuna|senza azienda|società|ditta|impresa|organizzazione; la mia azienda; non ho azienda; azienda|società sconosciuta; da definire; da confermare; non specificato; non specificata; non disponibile; non applicabile; non indicato; non indicata; non definito; non fornito; non pervenuto
sconosciuto; sconosciuta; privato; privata; privati; persona fisica; libero professionista; cliente privato; azienda; nome azienda; pensionato

geen; geen|zonder bedrijf|bedrijfsnaam|organisatie|firma|onderneming; mijn bedrijf; onbekend bedrijf; nader te bepalen; niet van toepassing; nvt; niet opgegeven; niet ingevuld; niet bekend; niet beschikbaar; niet gespecificeerd; onbekend; particulier; particulieren; privé; privépersoon; zelfstandig; zelfstandige; zonder bedrijf; bedrijf; bedrijfsnaam

nenhum; nenhuma; nenhuma|sem|minha empresa|companhia|organização; não tenho|possui|tem empresa; empresa desconhecida; a definir; a confirmar; sem nome; não informado; não informada; não aplicável; não se aplica; não especificado; não disponível; não possui; não tem; não tenho; não definido; não sei
desconhecido; desconhecida; particular; pessoa física; pessoa singular; privado; autônomo; autónomo; profissional liberal; aposentado

brak; brak|bez danych|firmy|nazwy|przedsiębiorstwa; bez firmy; nie mam firmy; moja firma; nieznana firma; do ustalenia; nie dotyczy; nie podano; nieznany; nieznana; nieokreślono; osoba prywatna; osoba fizyczna; prywatny; prywatnie; prywatna; indywidualny; klient indywidualny; firma

ingen; inget; inga; ingen uppgift; inget|utan företag|bolag; ingen organisation; mitt företag; okänt företag; saknas; ej angivet; ej tillämpligt; inte angivet; okänd; okänt; privatperson; privat; ej specificerat; egenanställd
intet; ingen|uden|uten virksomhed|firma|bedrift; ikke noget firma; ikke angivet; ikke oplyst; ikke relevant; ukendt; privatkunde; ikke oppgitt; ikke spesifisert; ikke aktuelt; ukjent; ingen bedrift; ingen firma; privatmand; uoplyst; selvstændig
ei ole; ei mitään; ei|ilman yritystä; oma yritys; ei tiedossa; ei määritelty; ei saatavilla; tuntematon; yksityinen; yksityishenkilö; yksityisasiakas; ekkert; óþekkt; einstaklingur

žádná; žádný; žádná|bez|neznámá firma|firmy|společnost|společnosti; žiadna spoločnosť; bez spoločnosti; neuvedeno; nezadáno; není; neznámý; neznámá; nevyplněno; soukromá osoba; fyzická osoba; soukromě; soukromník; žiadna; žiadny; neuvedené; neznáme; súkromná osoba
nincs; nincs megadva; nincs|ismeretlen cég|vállalat|vállalkozás; nincs cégem; ismeretlen; magánszemély; magán; nem ismert; nem releváns; nincs adat; egyéni
niciuna; niciunul; nici una; fără|nicio firmă|companie|societate; nespecificat; necunoscut; nu este cazul; nu se aplică; indisponibil; persoană fizică; persoană privată; privat; particular
nepoznato; nema; nema firme; bez|nema tvrtke|tvrtka|podjetja|kompanije; brez podjetja; nije navedeno; fizička osoba; fizičko lice; privatna osoba; privatno lice; neznano; ni podatka; fizična oseba; puudub; eraisik; teadmata; privātpersona; nezināms; nėra; nenurodyta; nežinoma; fizinis asmuo; privatus asmuo
няма; няма|без фирма|компания; неизвестно; неизвестна; не е посочено; частно лице; физическо лице; нема; непознато; физичко лице
нет; не указано; не указана; неизвестно; неизвестен; отсутствует; частное лицо; физическое лицо; физлицо; нет|без компании|фирмы|организации|предприятия; немає|без компанії|фірми|організації; не задано; не определено; физ лицо; самозанятый; не применимо; немає; не вказано; невідомо; приватна особа; фізична особа; відсутнє
καμία; κανένα; κανένας; καμία|χωρίς εταιρεία|επιχείρηση; άγνωστο; άγνωστη; ιδιώτης; ιδιωτικό; δεν υπάρχει; δεν ορίστηκε; δεν ισχύει; μη διαθέσιμο; φυσικό πρόσωπο
yok; hiçbiri; hiç; belirtilmemiş; belirtilmedi; bilinmiyor; bilinmeyen; bireysel; şahıs; şahsi; gerçek kişi; özel; serbest; geçerli değil; mevcut değil; firma|şirket|kurum yok; firmasız; şirketim yok; firma bilinmiyor; seçiniz

لا|بدون|ليس شركة|مؤسسة; لا توجد|يوجد شركة|مؤسسة; فردي; لا يوجد; لا شيء; لايوجد; بدون; بدون شركة; غير محدد; غير معروف; غير متوفر; غير متاح; غير مذكور; مجهول; فرد; أفراد; شخصي; شخص; خاص; لا ينطبق; لا توجد; لا توجد شركة; عمل حر
אין; ללא; לא ידוע; לא צוין; פרטי; אדם פרטי; לא רלוונטי; אין|ללא חברה|עסק; עצמאי
ندارد; هیچ; نامشخص; شخصی; کوئی نہیں; نامعلوم; ذاتی

कोई नहीं; कुछ नहीं; नहीं; अज्ञात; फर्द; व्यक्ति; व्यक्तिगत; निजी; निजी व्यक्ति; लागू नहीं; लागू नहीं है; कंपनी नहीं; कोई कंपनी नहीं है; उपलब्ध नहीं; निर्दिष्ट नहीं; स्वरोजगार; कोई कंपनी नहीं; फ़्रीलांसर; खाजगी; माहित नाही
नाही; व्यक्ती; કોઈ નહીં; ખાનગી
இல்லை; தனிநபர்; தெரியாது; ఏదీ లేదు; లేదు; వ్యక్తిగత; తెలియదు; ಇಲ್ಲ; ವೈಯಕ್ತಿಕ; ഇല്ല; വ്യക്തി; কিছু নেই; নেই; ব্যক্তিগত; অজানা; ਕੋਈ ਨਹੀਂ; ਨਿੱਜੀ

无; 没有; 沒有; 無; 暂无; 暫無; 无公司; 無公司; 沒有公司; 没有公司; 暂无公司; 无单位; 无企业; 待定; 请选择; 不适用; 不適用; 未知; 不详; 不詳; 未提供; 未填写; 未填寫; 未指定; 未设置; 个人; 個人; 个人用户; 个体; 個體; 私人; 自由职业; 自由職業; 保密; 未定; 公司名称; 无业
なし; 無し; ない; ありません; 該当なし; 会社なし; 会社名なし; 会社無し; 無所属; 所属無し; 所属会社なし; 勤務先なし; 名称なし; 未所属; 選択してください; 未記入; 未入力; 未定; 未設定; 不明; 特になし; 個人事業主; 個人のお客様; フリーランス; 自営業; 自営; 個人利用; 無職; 非公開; 会社名; 所属なし
없음; 없습니다; 해당 없음; 해당없음; 해당 사항 없음; 회사 없음; 회사명 없음; 소속 없음; 무소속; 회사명; 선택; 개인; 미정; 알 수 없음; 미기재; 프리랜서; 무직
ไม่มี; ไม่มีบริษัท; ไม่มีชื่อบริษัท; ไม่มีข้อมูล; ไม่ระบุ; บุคคลธรรมดา; ส่วนตัว; ไม่ทราบ; không; không có; không có công ty; cá nhân; không rõ; không áp dụng; không xác định; tidak ada; tidak|tiada|tanpa ada|memiliki perusahaan|syarikat; tanpa|tiada perusahaan|syarikat; tidak diketahui; pribadi; perorangan; perseorangan; tiada; persendirian; individu
"""

ABBREVIATIONS = """
k.A.; k/A; n.b.; n/d; n.d.; n/r; n.r.; s/o; s.o.; n/c; n.c.; s/d; s/n; b.d.; b/d; n/i; n.v.t.; i/t; i.t.; e/t; δ/α; δ.α.; μ/δ; н/д; б/н; н/в; -select-; -choose-; -none selected-
"""
"""Letters and words that some company may be called: a placeholder only with a dot, a slash or a dash among them."""

TITLES = """
mr mrs ms miss mx sir madam dr prof professor phd md herr frau hr fr dipl ing mag dott dottssa sig sigra signor signora avv m mme mlle monsieur madame
sr sra srta don doña eng dra pan pani mgr bc mgr dhr mevr mw bay bayan shri smt kumari jr
"""
"""Titles, which people put before their own name where a company belongs."""
